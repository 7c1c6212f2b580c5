import { spawnSync } from 'node:child_process';
import { joined, withoutTracing, wordsOf } from './preloads';

/** Tells the process that does the work what NODE_OPTIONS was; no option's name, so nothing else reads it. */
const ORIGINAL = '_README_METRICS_DOCTOR_NODE_OPTIONS';

/** What node was told to do before the application, also when this process was started without a part of it. */
export function nodeArguments(): { nodeOptions: string[]; commandLine: string[] } {
  const original = process.env[ORIGINAL];
  if (original === undefined) {
    return { nodeOptions: wordsOf(process.env.NODE_OPTIONS), commandLine: process.execArgv };
  }
  return JSON.parse(original) as ReturnType<typeof nodeArguments>;
}

/**
 * Runs this command again in a process without instrumentation, if this one has any: the sample request
 * and the question to the metrics server must be neither logged nor traced. Other preloads stay, for they
 * may be what makes the module of the grouping function loadable, or sets variables.
 *
 * @returns its exit code; `undefined`: this process has no instrumentation.
 */
export function runWithoutTracing(): number | undefined {
  if (process.env[ORIGINAL] !== undefined) return undefined;
  const given = nodeArguments();
  const nodeOptions = withoutTracing(given.nodeOptions);
  const commandLine = withoutTracing(given.commandLine);
  if (
    nodeOptions.length === given.nodeOptions.length &&
    commandLine.length === given.commandLine.length
  ) {
    return undefined;
  }
  const { status } = spawnSync(process.execPath, [...commandLine, ...process.argv.slice(1)], {
    stdio: 'inherit',
    env: {
      ...process.env,
      NODE_OPTIONS: joined(nodeOptions),
      [ORIGINAL]: JSON.stringify(given),
    },
  });
  return status ?? 1;
}
