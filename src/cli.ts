#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { VERSION } from './version';

const USAGE = `readme-metrics-opentelemetry ${VERSION}

Usage: npx readme-metrics-opentelemetry <command> [options]

Commands:
  doctor    checks the set-up in this folder and environment, and says what to do next
  viewer    shows, in a browser, the logs that your application would send to ReadMe

Options:
  --help       this text; after a command, that of the command
  --version    the version of this package
`;

/** A command resolves with the exit code, or with nothing when the process ends by itself. */
type Command = (args: string[]) => Promise<number | undefined>;

/** Each is loaded when it is called: neither shall wait for the other, or fail because of it. */
const COMMANDS = new Map<string, Command>([
  ['doctor', (args) => (require('./doctor/run-doctor') as Doctor).runDoctor(args)],
  [
    'viewer',
    async (args) => {
      await (require('./local/viewer/run-viewer') as Viewer).runViewer(args);
      return undefined;
    },
  ],
]);

type Doctor = typeof import('./doctor/run-doctor');
interface Viewer {
  runViewer(args: string[]): Promise<void>;
}

const FAILED = 1;
const USED_WRONGLY = 2;

async function main([name = '', ...rest]: string[]): Promise<number | undefined> {
  const command = COMMANDS.get(name);
  if (command !== undefined) return command(rest);
  if (name !== '' && !name.startsWith('-')) {
    const known = [...COMMANDS.keys()].join(', ');
    process.stderr.write(`There is no command ${JSON.stringify(name)}; known are ${known}.\n`);
    return USED_WRONGLY;
  }
  const { values } = parseArgs({
    args: [name, ...rest].filter((arg) => arg !== ''),
    options: { help: { type: 'boolean', short: 'h' }, version: { type: 'boolean', short: 'v' } },
  });
  if (values.version) {
    process.stdout.write(`${VERSION}\n`);
    return 0;
  }
  (values.help ? process.stdout : process.stderr).write(USAGE);
  return values.help ? 0 : USED_WRONGLY;
}

function tell(error: unknown): number {
  const { code, message } = error as NodeJS.ErrnoException;
  const wrongArguments = typeof code === 'string' && code.startsWith('ERR_PARSE_ARGS');
  const advice = wrongArguments ? '\nSee readme-metrics-opentelemetry --help.' : '';
  process.stderr.write(`${message ?? String(error)}${advice}\n`);
  return wrongArguments ? USED_WRONGLY : FAILED;
}

main(process.argv.slice(2))
  .catch(tell)
  .then((code) => {
    if (code === undefined) return;
    // What a command has loaded may keep the process alive; what it has written must get out before.
    process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
  });
