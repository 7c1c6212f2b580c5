import { type Check, checksAbout } from './check';
import { nearestManifest } from './installed-packages';
import { loadsRegister } from './preloads';
import { nodeArguments } from './without-tracing';

const FLAG = '--require readme-metrics-opentelemetry/register';
const check = checksAbout('Start');

/** Whether something starts the logging, as far as that can be seen from outside the application. */
export function checkStart(folder: string, environment: NodeJS.ProcessEnv): Check[] {
  return [checkRegister(folder), ...checkSwitch(environment)];
}

/** What to do when all is well. */
export function wayToStart(folder: string): string {
  const dryRun =
    'With README_DRY_RUN=true it prints the logs, as ReadMe would get them, instead of sending them.';
  const command = registeredBy(folder) === undefined ? ` with node ${FLAG} app.js` : '';
  return `start your application${command}, and send it a request. ${dryRun}`;
}

function checkRegister(folder: string): Check {
  const by = registeredBy(folder);
  return by === undefined
    ? check(
        'note',
        `neither NODE_OPTIONS nor a script of package.json has ${FLAG}: right if your code makes a ReadmeInstrumentation or the like, or if your own start command has it`,
      )
    : check('ok', `${by} loads readme-metrics-opentelemetry/register`);
}

function registeredBy(folder: string): string | undefined {
  const { nodeOptions, commandLine } = nodeArguments();
  if (loadsRegister(nodeOptions)) return 'NODE_OPTIONS';
  if (loadsRegister(commandLine)) return 'the command line of node';
  const scripts = Object.entries(nearestManifest(folder)?.scripts ?? {});
  const script = scripts.find(
    ([, command]) =>
      typeof command === 'string' && command.includes('readme-metrics-opentelemetry/register'),
  );
  return script && `the script ${JSON.stringify(script[0])} of package.json`;
}

function checkSwitch({ OTEL_SDK_DISABLED }: NodeJS.ProcessEnv): Check[] {
  if (OTEL_SDK_DISABLED?.trim().toLowerCase() !== 'true') return [];
  return [
    check(
      'fail',
      'OTEL_SDK_DISABLED=true switches readme-metrics-opentelemetry/register off: nothing is logged',
      'Remove OTEL_SDK_DISABLED from the environment.',
    ),
  ];
}
