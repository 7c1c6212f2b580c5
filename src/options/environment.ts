import type { ReadmeOptions } from './readme-options';

type Reader = (text: string) => unknown;

/** How the text of a variable becomes the value of its option; `undefined` from a reader: not understood. */
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
    read: asNames,
    expected: 'names separated by commas, or a JSON array of names; RegExps only in code',
  },
  allowlist: {
    variable: 'README_ALLOWLIST',
    read: asNames,
    expected: 'names separated by commas, or a JSON array of names; RegExps only in code',
  },
  allowedHttpHosts: {
    variable: 'README_ALLOWED_HTTP_HOSTS',
    read: asList,
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

/** The variable of an option. */
export function variableOf(option: keyof ReadmeOptions): string {
  return READERS[option].variable;
}

/**
 * The options that the environment gives. An empty variable counts as not set, as OpenTelemetry's
 * specification has it for its own variables.
 *
 * @param fail makes the error that is thrown for a variable that is not understood; its message never
 * holds the variable's value.
 */
export function readEnvironment(
  environment: NodeJS.ProcessEnv,
  fail: (message: string) => Error,
): ReadmeOptions {
  const options: Record<string, unknown> = {};
  for (const [option, { variable, read, expected }] of Object.entries(READERS)) {
    const text = environment[variable]?.trim();
    if (text === undefined || text === '') continue;
    const value = read(text);
    if (value === undefined) throw fail(`${variable} must be ${expected}`);
    options[option] = value;
  }
  return options as ReadmeOptions;
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

function asList(text: string): string[] | undefined {
  if (!text.startsWith('[')) {
    const items = text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '');
    // "," is what is left of "$A,$B" when both are empty: no list that somebody meant.
    return items.length > 0 ? items : undefined;
  }
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) && list.every((item) => typeof item === 'string') ? list : undefined;
  } catch {
    return undefined;
  }
}

/** Who writes `/card/` means a RegExp, which as a name would hide nothing. */
function asNames(text: string): string[] | undefined {
  const names = asList(text);
  return names?.some((name) => /^\/.*\/[a-z]*$/.test(name)) ? undefined : names;
}

function asTrustProxy(text: string): boolean | number | string[] | undefined {
  if (/^(true|false)$/i.test(text)) return text.toLowerCase() === 'true';
  return asNumber(text) ?? asList(text);
}
