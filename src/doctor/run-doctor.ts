import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { VERSION } from '../version';
import type { Check, Topic } from './check';
import { checkPackages } from './check-packages';
import { checkStart, wayToStart } from './check-start';
import { SecretHider } from './hide-secrets';
import { jsonReport, type Report, textReport } from './report';
import { runWithoutTracing } from './without-tracing';

const USAGE = `Usage: npx readme-metrics-opentelemetry doctor [options]

Checks the set-up in this folder and environment: packages, settings, grouping function, server and key.
Run it where, and with the environment in which, your application is started. It exits with 1 if
something has to be put right.

Options:
  --timeout <ms>            how long the server, and the grouping function's promise, are waited for
                            (default: README_TIMEOUT_MILLIS for the one, 10000 for the other)
  --header <"Name: value">  a header field of the sample request; may be given several times
  --json                    prints one JSON object: { version, folder, ok, checks, next }
  --help                    this text
`;

const GROUPING_TIMEOUT_MILLIS = 10_000;
const LOAD_ADVICE =
  'Move the grouping function to a module of its own, which starts nothing when it is loaded.';
const LONGEST_TIMEOUT_MILLIS = 300_000;
/** A header's shorter value is rather a word, `true` or `json`, that the report itself may need. */
const SHORTEST_SECRET = 8;

interface Arguments {
  readonly timeoutMillis: number | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly json: boolean;
}

/**
 * The command `doctor`.
 *
 * @param args what follows the command.
 * @returns the exit code: 0, or 1 when a check failed.
 * @throws {TypeError} with a code `ERR_PARSE_ARGS_…` for arguments that cannot be used.
 */
export async function runDoctor(args: string[]): Promise<number> {
  const given = argumentsOf(args);
  if (given === undefined) {
    process.stdout.write(USAGE);
    return 0;
  }
  const code = runWithoutTracing();
  if (code !== undefined) return code;
  const folder = process.cwd();
  const secrets = new SecretHider();
  secrets.add(process.env.README_API_KEY?.trim());
  for (const value of Object.values(given.headers)) {
    if (value.length >= SHORTEST_SECRET) secrets.add(value);
  }
  const report = startReport(given, folder, secrets);
  return new Promise((done) => {
    let concluded = false;
    const conclude = () => {
      if (concluded) return;
      concluded = true;
      done(report.conclude(wayToStart(folder)));
    };
    const endedBy = (text: string) => {
      if (concluded) return;
      report.add({ topic: 'Who is calling', verdict: 'fail', text, advice: LOAD_ADVICE });
      conclude();
    };
    // The module of the grouping function, or what it has started, may do both.
    process.on('uncaughtException', (error: unknown) => {
      const what = error instanceof Error ? `${error.name}: ${error.message}` : typeof error;
      endedBy(`what README_GROUPING_FUNCTION has loaded threw, and nothing caught it: ${what}`);
    });
    process.on('exit', () => {
      if (concluded) return;
      endedBy(
        process.env.README_GROUPING_FUNCTION
          ? 'what README_GROUPING_FUNCTION has loaded ended the process'
          : 'the doctor ended before it was done: please report it',
      );
      process.exitCode = 1;
    });
    void examine(folder, given, secrets, report).then(conclude);
  });
}

function startReport({ json }: Arguments, folder: string, secrets: SecretHider): Report {
  const write = process.stdout.write.bind(process.stdout) as (text: string) => void;
  const hide = (text: string) => secrets.hide(text);
  const colour = process.stdout.isTTY && !process.env.NO_COLOR;
  const options = { write, hide, version: VERSION, folder, colour };
  if (!json) return textReport(options);
  const report = jsonReport(options);
  const { write: original } = process.stdout;
  // What the application's modules print must not stand within the JSON.
  process.stdout.write = process.stderr.write.bind(process.stderr);
  return {
    add: report.add,
    conclude(wayToStart) {
      process.stdout.write = original;
      return report.conclude(wayToStart);
    },
  };
}

async function examine(
  folder: string,
  { timeoutMillis, headers }: Arguments,
  secrets: SecretHider,
  report: Report,
): Promise<void> {
  const add = (checks: readonly Check[]) => {
    for (const check of checks) report.add(check);
  };
  let topic: Topic = 'Node.js and packages';
  try {
    add(checkPackages(folder, resolve(__dirname, '../..')));
    topic = 'Start';
    add(checkStart(folder, process.env));
    topic = 'Settings';
    // From here on OpenTelemetry's API is needed, and it may be what is missing.
    const { checkSettings } = require('./check-settings') as typeof import('./check-settings');
    const { checkCaller } = require('./check-caller') as typeof import('./check-caller');
    const { checkServer } = require('./check-server') as typeof import('./check-server');
    const { checks, options, unusable } = checkSettings(process.env);
    add(checks);
    topic = 'Who is calling';
    if (!unusable.has('groupingFunction')) {
      hideOwnWarnings();
      add(await checkCaller(options, headers, timeoutMillis ?? GROUPING_TIMEOUT_MILLIS, secrets));
    }
    topic = 'ReadMe';
    const limited = timeoutMillis === undefined ? options : { ...options, timeoutMillis };
    add(await checkServer(limited, unusable));
  } catch (error) {
    report.add(broken(topic, error));
  }
}

/** What is wrong with the grouping function is in the report. */
function hideOwnWarnings(): void {
  const listeners = process.listeners('warning');
  process.removeAllListeners('warning');
  process.on('warning', (warning) => {
    if (warning.name === 'ReadmeMetricsWarning') return;
    for (const listener of listeners) listener.call(process, warning);
  });
}

function broken(topic: Topic, error: unknown): Check {
  const { name, message } = error instanceof Error ? error : { name: typeof error, message: '' };
  const text = `the doctor could not go on: ${name}: ${message.split('\n', 1)[0]}`;
  return { topic, verdict: 'fail', text };
}

/** @returns `undefined` when help is asked for. */
function argumentsOf(args: string[]): Arguments | undefined {
  const { values } = parseArgs({
    args,
    options: {
      timeout: { type: 'string' },
      header: { type: 'string', multiple: true },
      json: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return undefined;
  return {
    timeoutMillis: timeoutOf(values.timeout),
    headers: Object.fromEntries((values.header ?? []).map(headerOf)),
    json: values.json === true,
  };
}

function timeoutOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const timeout = Number(text);
  if (/^\d+$/.test(text) && timeout >= 1 && timeout <= LONGEST_TIMEOUT_MILLIS) return timeout;
  throw usedWrongly(
    `--timeout must be a whole number of milliseconds from 1 to ${LONGEST_TIMEOUT_MILLIS}, got ${JSON.stringify(text)}`,
  );
}

function headerOf(text: string): [string, string] {
  const [, name, value] = /^([!#$%&'*+.^`|~\w-]+):[ \t]*([\t\x20-\x7e]*)$/.exec(text) ?? [];
  if (name === undefined || value === undefined) {
    throw usedWrongly('--header must be "Name: value", in printable ASCII');
  }
  return [name.toLowerCase(), value];
}

function usedWrongly(message: string): Error {
  return Object.assign(new TypeError(message), { code: 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE' });
}
