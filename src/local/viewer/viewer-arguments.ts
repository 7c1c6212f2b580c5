import { parseArgs } from 'node:util';

/** OTLP has 4317 and 4318; this is the next. */
export const DEFAULT_PORT = 4319;
const DEFAULT_MAX_LOGS = 10_000;
/** A browser cannot scroll through a page that is much longer. */
const MOST_LOGS = 100_000;

export interface ViewerArguments {
  help: boolean;
  port: number;
  maxLogs: number;
  file: string | undefined;
}

export const HELP = `Shows the logs of your applications in the browser, as ReadMe would get them.
Nothing leaves this machine.

  npx readme-metrics-opentelemetry viewer [options]

  --port N       port on 127.0.0.1; 0 takes any free one. Default: ${DEFAULT_PORT}
  --max-logs N   how many logs are kept, the newest ones, 1 to ${MOST_LOGS}. Default: ${DEFAULT_MAX_LOGS}
  --file PATH    keep the logs in this file, too, and begin with those in it.
                 One JSON text a line, readable by you alone. Default: in memory only
  --help         show this

Start an application that sends its logs here:

  README_METRICS_SERVER=http://127.0.0.1:${DEFAULT_PORT} README_API_KEY=any-key README_BUFFER_LENGTH=1 \\
    node --require readme-metrics-opentelemetry/register app.js
`;

/**
 * Reads the arguments of the command.
 *
 * @throws Error whose message is for the person at the terminal.
 */
export function parseViewerArguments(args: string[]): ViewerArguments {
  const { values } = parseArgs({
    args,
    options: {
      port: { type: 'string' },
      'max-logs': { type: 'string' },
      file: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.file === '') throw new Error('--file must be followed by the path of a file');
  return {
    help: values.help,
    port: wholeNumber('--port', values.port, DEFAULT_PORT, 0, 65_535),
    maxLogs: wholeNumber('--max-logs', values['max-logs'], DEFAULT_MAX_LOGS, 1, MOST_LOGS),
    file: values.file,
  };
}

function wholeNumber(
  name: string,
  text: string | undefined,
  fallback: number,
  least: number,
  most: number,
): number {
  if (text === undefined) return fallback;
  const number = /^\d{1,9}$/.test(text) ? Number(text) : -1;
  if (number < least || number > most) {
    throw new Error(`${name} must be a whole number from ${least} to ${most}, not "${text}"`);
  }
  return number;
}
