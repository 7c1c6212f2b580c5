import { ownVariable } from './own-variable';
import type { ReadmeOptions } from './readme-options';
import { hostsFrom, listFrom, Misread, namesFrom } from './variable-lists';

const NAMES =
  'names separated by commas, or a JSON array of names (name, a.b, items[].card, **.password); other names, and RegExps, only in code';

type Reader = (text: string) => unknown;

/** How the text of a variable becomes the value of its option; `undefined` or a {@link Misread}: not understood. */
const READERS: {
  [Option in keyof ReadmeOptions]-?: { variable: string; read: Reader; expected: string };
} = {
  apiKey: { variable: 'README_API_KEY', read: asText, expected: 'a key' },
  groupingFunction: {
    variable: 'README_GROUPING_FUNCTION',
    read: asText,
    expected: './file.js#name or package#name',
  },
  bufferLength: { variable: 'README_BUFFER_LENGTH', read: asNumber, expected: 'a whole number' },
  backgroundWorkerMode: {
    variable: 'README_BACKGROUND_WORKER_MODE',
    read: asBoolean,
    expected: 'true or false',
  },
  developmentMode: {
    variable: 'README_DEVELOPMENT_MODE',
    read: asBoolean,
    expected: 'true or false',
  },
  denylist: {
    variable: 'README_DENYLIST',
    read: namesFrom,
    expected: NAMES,
  },
  allowlist: {
    variable: 'README_ALLOWLIST',
    read: namesFrom,
    expected: NAMES,
  },
  allowedHttpHosts: {
    variable: 'README_ALLOWED_HTTP_HOSTS',
    read: hostsFrom,
    expected: 'hosts separated by commas, or a JSON array of hosts',
  },
  timeoutMillis: { variable: 'README_TIMEOUT_MILLIS', read: asNumber, expected: 'a whole number' },
  retryTimeoutMillis: {
    variable: 'README_RETRY_TIMEOUT_MILLIS',
    read: asNumber,
    expected: 'a whole number',
  },
  exitTimeoutMillis: {
    variable: 'README_EXIT_TIMEOUT_MILLIS',
    read: asNumber,
    expected: 'a whole number',
  },
  spoolDirectory: { variable: 'README_SPOOL_DIRECTORY', read: asText, expected: 'a directory' },
  spoolMaxBytes: { variable: 'README_SPOOL_MAX_BYTES', read: asNumber, expected: 'a whole number' },
  spoolMaxAgeMillis: {
    variable: 'README_SPOOL_MAX_AGE_MILLIS',
    read: asNumber,
    expected: 'a whole number',
  },
  dryRun: { variable: 'README_DRY_RUN', read: asBoolean, expected: 'true or false' },
  baseLogUrl: { variable: 'README_BASE_LOG_URL', read: asText, expected: 'a URL or "auto"' },
  trustProxy: {
    variable: 'README_TRUST_PROXY',
    read: asTrustProxy,
    expected: 'true, false, a number of proxies, or addresses separated by commas',
  },
  maxBodyBytes: { variable: 'README_MAX_BODY_BYTES', read: asNumber, expected: 'a whole number' },
  logBinaryBodies: {
    variable: 'README_LOG_BINARY_BODIES',
    read: asBoolean,
    expected: 'true or false',
  },
  filterSpans: { variable: 'README_FILTER_SPANS', read: asBoolean, expected: 'true or false' },
  maxBufferedBytes: {
    variable: 'README_MAX_BUFFERED_BYTES',
    read: asNumber,
    expected: 'a whole number',
  },
  flushIntervalMillis: {
    variable: 'README_FLUSH_INTERVAL_MILLIS',
    read: asNumber,
    expected: 'a whole number',
  },
  metricsServer: { variable: 'README_METRICS_SERVER', read: asText, expected: 'a URL' },
  dashServer: { variable: 'README_DASH_SERVER', read: asText, expected: 'a URL' },
  proxy: { variable: 'README_PROXY', read: asText, expected: 'a URL, "environment" or "none"' },
};

const VARIABLES: ReadonlyMap<string, keyof ReadmeOptions> = new Map(
  Object.entries(READERS).map(([option, { variable }]) => [
    variable,
    option as keyof ReadmeOptions,
  ]),
);

/** The variable of an option. */
export function variableOf(option: keyof ReadmeOptions): string {
  return READERS[option].variable;
}

/**
 * The options that the environment gives.
 *
 * @param fail makes the error that is thrown for a variable that is not understood; its message never
 * holds the variable's value.
 */
export function readEnvironment(
  environment: NodeJS.ProcessEnv,
  fail: (message: string) => Error,
): ReadmeOptions {
  const options: Record<string, unknown> = Object.create(null);
  for (const [option, { variable, read, expected }] of Object.entries(READERS)) {
    const text = ownVariable(environment, variable);
    if (text === undefined) continue;
    const value = read(text);
    if (value === undefined) throw fail(`${variable} must be ${expected}`);
    if (value instanceof Misread) throw fail(`${variable} must be ${expected}: ${value.reason}`);
    options[option] = value;
  }
  return options as ReadmeOptions;
}

/** The option of a variable. */
export function optionOf(variable: string): keyof ReadmeOptions | undefined {
  return VARIABLES.get(variable);
}

/** All variables that are read. */
export function knownVariables(): readonly string[] {
  return [...VARIABLES.keys()];
}

function asText(text: string): string {
  return text;
}

function asNumber(text: string): number | undefined {
  return /^-?\d+$/.test(text) ? Number(text) : undefined;
}

function asBoolean(text: string): boolean | undefined {
  if (/^(true|1|yes|on)$/i.test(text)) return true;
  return /^(false|0|no|off)$/i.test(text) ? false : undefined;
}

function asTrustProxy(text: string): boolean | number | string[] | undefined {
  if (/^(true|false)$/i.test(text)) return text.toLowerCase() === 'true';
  return asNumber(text) ?? listFrom(text);
}
