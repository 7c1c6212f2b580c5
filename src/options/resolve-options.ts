import { compilePolicy } from '../redaction/policy';
import {
  boolean,
  directory,
  httpUrl,
  integer,
  kindOf,
  list,
  ReadmeOptionsError,
  strings,
} from './checks';
import { readEnvironment, variableOf } from './environment';
import { groupByApiKey } from './group-by-api-key';
import { proxySettings } from './proxy';
import type {
  GroupingFunction,
  ReadmeOptions,
  ResolvedOptions,
  TrustProxy,
} from './readme-options';
import { compileTrust } from './trust-proxy';
import { optionMeantBy, unknownVariables } from './unknown-variables';

const MEBIBYTE = 1024 * 1024;
/** In milliseconds. */
const MINUTE = 60_000;

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
  const inCode = ownOptions(options);
  rejectMisspeltProtection(inCode, environment);
  try {
    return checked(Object.assign(ownOptions({}), fromEnvironment, inCode), environment);
  } catch (error) {
    throw namingVariable(error, inCode);
  }
}

/** Says `README_BUFFER_LENGTH` of a value that came from there, not `bufferLength`. */
function namingVariable(error: unknown, inCode: ReadmeOptions): unknown {
  if (!(error instanceof ReadmeOptionsError)) return error;
  const option = /^\w+/.exec(error.message)?.[0] as keyof ReadmeOptions | undefined;
  if (option === undefined || !OPTION_NAMES.has(option) || option in inCode) return error;
  if (error.message.includes(variableOf(option))) return error;
  return new ReadmeOptionsError(
    `${variableOf(option)} (option ${error.message}`.replace(option, `${option})`),
  );
}

function checked(given: ReadmeOptions, environment: NodeJS.ProcessEnv): ResolvedOptions {
  const metricsServer = origin('metricsServer', given.metricsServer, 'https://metrics.readme.io');
  const dashServer = origin('dashServer', given.dashServer, 'https://dash.readme.com');
  const servers = given.baseLogUrl === 'auto' ? [metricsServer, dashServer] : [metricsServer];
  return {
    apiKey: apiKey(given.apiKey, given.dryRun === true, environment),
    groupingFunction: groupingFunction(given.groupingFunction),
    bufferLength: integer('bufferLength', given.bufferLength, 10, 1, 30),
    backgroundWorkerMode: boolean('backgroundWorkerMode', given.backgroundWorkerMode, true),
    developmentMode: boolean('developmentMode', given.developmentMode, false),
    ...lists(given),
    allowedHttpHosts: strings('allowedHttpHosts', given.allowedHttpHosts)?.map((h) =>
      h.toLowerCase(),
    ),
    timeoutMillis: integer('timeoutMillis', given.timeoutMillis, 3000, 1, 300_000),
    retryTimeoutMillis: integer(
      'retryTimeoutMillis',
      given.retryTimeoutMillis,
      2 * MINUTE,
      0,
      24 * 60 * MINUTE,
    ),
    exitTimeoutMillis: integer('exitTimeoutMillis', given.exitTimeoutMillis, 1000, 0, 10 * MINUTE),
    spoolDirectory: directory('spoolDirectory', given.spoolDirectory),
    spoolMaxBytes: integer('spoolMaxBytes', given.spoolMaxBytes, 64 * MEBIBYTE, 1),
    spoolMaxAgeMillis: integer('spoolMaxAgeMillis', given.spoolMaxAgeMillis, 24 * 60 * MINUTE, 1),
    dryRun: boolean('dryRun', given.dryRun, false),
    baseLogUrl: baseLogUrl(given.baseLogUrl),
    trustProxy: trustProxy(given.trustProxy),
    maxBodyBytes: integer('maxBodyBytes', given.maxBodyBytes, MEBIBYTE, 0, 64 * MEBIBYTE),
    logBinaryBodies: boolean('logBinaryBodies', given.logBinaryBodies, false),
    filterSpans: boolean('filterSpans', given.filterSpans, false),
    maxBufferedBytes: integer('maxBufferedBytes', given.maxBufferedBytes, 64 * MEBIBYTE, 0),
    flushIntervalMillis: integer(
      'flushIntervalMillis',
      given.flushIntervalMillis,
      2000,
      1,
      3_600_000,
    ),
    metricsServer,
    dashServer,
    proxy: proxySettings(given.proxy, environment, servers),
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
  'retryTimeoutMillis',
  'exitTimeoutMillis',
  'spoolDirectory',
  'spoolMaxBytes',
  'spoolMaxAgeMillis',
  'dryRun',
  'baseLogUrl',
  'trustProxy',
  'maxBodyBytes',
  'logBinaryBodies',
  'filterSpans',
  'maxBufferedBytes',
  'flushIntervalMillis',
  'metricsServer',
  'dashServer',
  'proxy',
]);

/** A misspelt `denyList` must not turn into no denylist. */
function rejectUnknownNames(options: object): void {
  for (const name of Object.keys(options)) {
    if (OPTION_NAMES.has(name)) continue;
    const known = optionMeantBy(name);
    const advice =
      known === undefined ? `known are ${[...OPTION_NAMES].join(', ')}` : `did you mean ${known}?`;
    throw new ReadmeOptionsError(`unknown option "${name}": ${advice}`);
  }
}

/**
 * A list whose variable is misspelt must not turn into none, so that what it should hide leaves; nor may the setting
 * that filters spans. Where code gives the option, the variable would have had no effect.
 */
function rejectMisspeltProtection(inCode: ReadmeOptions, environment: NodeJS.ProcessEnv): void {
  const hasList = 'denylist' in inCode || 'allowlist' in inCode;
  for (const { variable, meant, protecting } of unknownVariables(environment)) {
    if (protecting === undefined) continue;
    const isNames = protecting === 'denylist' || protecting === 'allowlist';
    if (isNames ? hasList : protecting in inCode) continue;
    const effect = protecting === 'filterSpans' ? 'a setting' : 'a list';
    throw new ReadmeOptionsError(
      `${variable} is none of this package's variables, did you mean ${meant}? Rename it, or remove it: ${effect} that is not read hides nothing`,
    );
  }
}

/**
 * What the object itself says, in one that inherits nothing: of an option that is not given, Object.prototype may
 * hold a value that a fault elsewhere has let a stranger write there.
 */
function ownOptions(options: ReadmeOptions): ReadmeOptions {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.assign(Object.create(null), Object.fromEntries(given));
}

/** Sent nowhere. */
const DRY_RUN_KEY = 'dry-run';

function apiKey(value: unknown, dryRun: boolean, environment: NodeJS.ProcessEnv): string {
  if (value === undefined || value === '') {
    if (dryRun) return DRY_RUN_KEY;
    const near = unknownVariables(environment).find(({ meant }) => meant === 'README_API_KEY');
    const misspelt = near === undefined ? '' : ` (${near.variable} is set, and is not read)`;
    throw new ReadmeOptionsError(
      `apiKey is missing: give it in code or as README_API_KEY${misspelt}; you find it in your ReadMe project under Configuration > API Key`,
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

function groupingFunction(value: unknown): GroupingFunction | string {
  if (value === undefined) return groupByApiKey;
  if (typeof value === 'function') return value as GroupingFunction;
  if (typeof value === 'string' && value !== '') return value;
  throw new ReadmeOptionsError(
    `groupingFunction must be a function (request, response) => ({ apiKey, label, email }) or a string such as "./file.js#name", got ${kindOf(value)}`,
  );
}

function lists(given: ReadmeOptions): Pick<ResolvedOptions, 'denylist' | 'allowlist'> {
  const result = {
    denylist: list('denylist', given.denylist),
    allowlist: list('allowlist', given.allowlist),
  };
  try {
    compilePolicy(ownOptions(result as ReadmeOptions) as Parameters<typeof compilePolicy>[0]);
  } catch (error) {
    throw new ReadmeOptionsError(
      `denylist or allowlist cannot be used: ${(error as Error).message}`,
    );
  }
  return result;
}

function trustProxy(value: unknown): TrustProxy {
  if (value === undefined) return false;
  try {
    compileTrust(value as TrustProxy);
  } catch {
    throw new ReadmeOptionsError(
      `trustProxy must be true, false, a number of proxies, IP addresses or networks, or a function, got ${kindOf(value)}`,
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
