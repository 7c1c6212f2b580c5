import { compileTrust } from '../capture/client-address';
import { groupByApiKey } from '../capture/group-by-api-key';
import { compilePolicy, type ListEntry } from '../har/redaction/policy';
import { readEnvironment } from './environment';
import type {
  GroupingFunction,
  ReadmeOptions,
  ResolvedOptions,
  TrustProxy,
} from './readme-options';

const MEBIBYTE = 1024 * 1024;

/** A setting that cannot be used. Its message names the setting, what was wrong and what to do; never a secret. */
export class ReadmeOptionsError extends TypeError {
  override readonly name = 'ReadmeOptionsError';
  readonly code = 'ERR_README_OPTIONS';
}

/**
 * Fills in the environment and the defaults, and checks every value.
 *
 * @param options settings given in code; they win over the environment.
 * @param environment variables to read. Default: `process.env`.
 * @throws {ReadmeOptionsError} naming the first option (or variable) that cannot be used.
 */
export function resolveOptions(
  options: ReadmeOptions = {},
  environment: NodeJS.ProcessEnv = process.env,
): ResolvedOptions {
  if (options === null || typeof options !== 'object') {
    throw new ReadmeOptionsError(`options must be an object, got ${kindOf(options)}`);
  }
  rejectUnknownNames(options);
  const fromEnvironment = readEnvironment(
    environment,
    (message) => new ReadmeOptionsError(message),
  );
  const given: ReadmeOptions = { ...fromEnvironment, ...withoutUndefined(options) };
  return {
    apiKey: apiKey(given.apiKey),
    groupingFunction: groupingFunction(given.groupingFunction),
    bufferLength: integer('bufferLength', given.bufferLength, 10, 1, 30),
    backgroundWorkerMode: boolean('backgroundWorkerMode', given.backgroundWorkerMode, true),
    developmentMode: boolean('developmentMode', given.developmentMode, false),
    ...lists(given),
    allowedHttpHosts: strings('allowedHttpHosts', given.allowedHttpHosts)?.map((h) =>
      h.toLowerCase(),
    ),
    timeoutMillis: integer('timeoutMillis', given.timeoutMillis, 3000, 1, 300_000),
    baseLogUrl: baseLogUrl(given.baseLogUrl),
    trustProxy: trustProxy(given.trustProxy),
    maxBodyBytes: integer('maxBodyBytes', given.maxBodyBytes, MEBIBYTE, 0, 64 * MEBIBYTE),
    maxBufferedBytes: integer('maxBufferedBytes', given.maxBufferedBytes, 64 * MEBIBYTE, 0),
    flushIntervalMillis: integer(
      'flushIntervalMillis',
      given.flushIntervalMillis,
      2000,
      1,
      3_600_000,
    ),
    metricsServer: origin('metricsServer', given.metricsServer, 'https://metrics.readme.io'),
    dashServer: origin('dashServer', given.dashServer, 'https://dash.readme.com'),
  };
}

const OPTION_NAMES: ReadonlySet<string> = new Set<keyof ReadmeOptions>([
  'apiKey',
  'groupingFunction',
  'bufferLength',
  'backgroundWorkerMode',
  'developmentMode',
  'denylist',
  'allowlist',
  'allowedHttpHosts',
  'timeoutMillis',
  'baseLogUrl',
  'trustProxy',
  'maxBodyBytes',
  'maxBufferedBytes',
  'flushIntervalMillis',
  'metricsServer',
  'dashServer',
]);

/** A misspelt `denyList` must not turn into no denylist. */
function rejectUnknownNames(options: object): void {
  for (const name of Object.keys(options)) {
    if (OPTION_NAMES.has(name)) continue;
    const known = [...OPTION_NAMES].find((option) => option.toLowerCase() === name.toLowerCase());
    const advice =
      known === undefined ? `known are ${[...OPTION_NAMES].join(', ')}` : `did you mean ${known}?`;
    throw new ReadmeOptionsError(`unknown option "${name}": ${advice}`);
  }
}

function withoutUndefined(options: ReadmeOptions): ReadmeOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

function apiKey(value: unknown): string {
  if (value === undefined || value === '') {
    throw new ReadmeOptionsError(
      'apiKey is missing: give it in code or as README_API_KEY; you find it in your ReadMe project under Configuration > API Key',
    );
  }
  // A key with a line break or a space would make an invalid or a wrong Authorization header.
  if (typeof value !== 'string' || !/^[\x21-\x7e]+$/.test(value)) {
    throw new ReadmeOptionsError(
      `apiKey must be a string of printable ASCII characters without spaces, got ${kindOf(value)}`,
    );
  }
  return value;
}

function groupingFunction(value: unknown): GroupingFunction {
  if (value === undefined) return groupByApiKey;
  if (typeof value !== 'function') {
    throw new ReadmeOptionsError(
      `groupingFunction must be a function (request, response) => ({ apiKey, label, email }), got ${kindOf(value)}`,
    );
  }
  return value as GroupingFunction;
}

function integer(
  name: string,
  value: unknown,
  fallback: number,
  least: number,
  most = Infinity,
): number {
  if (value === undefined) return fallback;
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < least || value > most) {
    const range = most === Infinity ? `of at least ${least}` : `from ${least} to ${most}`;
    throw new ReadmeOptionsError(`${name} must be a whole number ${range}, got ${shown(value)}`);
  }
  return value;
}

function boolean(name: string, value: unknown, fallback: boolean): boolean {
  if (value === undefined) return fallback;
  if (typeof value !== 'boolean') {
    throw new ReadmeOptionsError(`${name} must be true or false, got ${shown(value)}`);
  }
  return value;
}

function strings(name: string, value: unknown): string[] | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value) || value.some((item) => typeof item !== 'string' || item === '')) {
    throw new ReadmeOptionsError(
      `${name} must be an array of non-empty strings, got ${kindOf(value)}`,
    );
  }
  return [...value];
}

function lists(given: ReadmeOptions): Pick<ResolvedOptions, 'denylist' | 'allowlist'> {
  const result = {
    denylist: list('denylist', given.denylist),
    allowlist: list('allowlist', given.allowlist),
  };
  try {
    compilePolicy(withoutUndefined(result as ReadmeOptions));
  } catch (error) {
    throw new ReadmeOptionsError(
      `denylist or allowlist cannot be used: ${(error as Error).message}`,
    );
  }
  return result;
}

function list(name: string, value: unknown): readonly ListEntry[] | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) {
    throw new ReadmeOptionsError(
      `${name} must be an array of names and RegExps, got ${kindOf(value)}`,
    );
  }
  const bad = value.findIndex(
    (item) => !(item instanceof RegExp || (typeof item === 'string' && item !== '')),
  );
  if (bad >= 0) {
    throw new ReadmeOptionsError(
      `${name}[${bad}] must be a non-empty string or a RegExp, got ${kindOf(value[bad])}`,
    );
  }
  return [...value];
}

function trustProxy(value: unknown): TrustProxy {
  if (value === undefined) return false;
  try {
    compileTrust(value as TrustProxy);
  } catch (error) {
    throw new ReadmeOptionsError(
      `trustProxy must be true, false, a number of proxies, addresses or a function: ${(error as Error).message}`,
    );
  }
  return value as TrustProxy;
}

function baseLogUrl(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (value === 'auto') return value;
  return httpUrl('baseLogUrl', value, ' or "auto"').href.replace(/\/+$/, '');
}

function origin(name: string, value: unknown, fallback: string): string {
  if (value === undefined) return fallback;
  return httpUrl(name, value, '').href.replace(/\/+$/, '');
}

function httpUrl(name: string, value: unknown, alternative: string): URL {
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined;
  if (
    url === undefined ||
    !/^https?:$/.test(url.protocol) ||
    url.username !== '' ||
    url.search !== ''
  ) {
    throw new ReadmeOptionsError(
      `${name} must be an http or https URL without credentials and query${alternative}, got ${shown(value)}`,
    );
  }
  return url;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : `a value of type ${typeof value}`;
}

/** Values of settings that are no secrets may be shown, shortened. */
function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 80));
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : kindOf(value);
}
