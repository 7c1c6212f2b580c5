import { ReadmeOptionsError } from '../options/checks';
import { variableOf } from '../options/environment';
import { ownVariable } from '../options/own-variable';
import type { ReadmeOptions, ResolvedOptions } from '../options/readme-options';
import { resolveOptions } from '../options/resolve-options';
import { type UnknownVariable, unknownVariables } from '../options/unknown-variables';
import { type Check, checksAbout } from './check';
import { checkProxy } from './check-proxy';
import { checkSpool } from './check-spool';
import { shownSecret } from './hide-secrets';

type OptionName = keyof ReadmeOptions & keyof ResolvedOptions;

/** The settings as far as they can be used. */
export interface FoundSettings {
  readonly checks: readonly Check[];
  /** With the default in place of what is missing or cannot be used. */
  readonly options: ResolvedOptions;
  /** Options whose variable cannot be used, and `apiKey` when it is missing and needed. */
  readonly unusable: ReadonlySet<string>;
}

/** Stands in for a key that is missing, so that the other settings can be looked at. */
const SOME_KEY = 'none';

const check = checksAbout('Settings');

/** What the environment says, read as `readme-metrics-opentelemetry/register` reads it. */
export function checkSettings(environment: NodeJS.ProcessEnv): FoundSettings {
  const defaults = resolveOptions({ apiKey: SOME_KEY }, {});
  const names = Object.keys(defaults) as OptionName[];
  const unknown = unknownVariables(environment);
  const complete = attempt(without(unknown, environment));
  const checks: Check[] = [];
  const unusable = new Set<string>();
  const usable: NodeJS.ProcessEnv = {};
  for (const name of names) {
    const variable = variableOf(name);
    const text = ownVariable(environment, variable) ?? '';
    // Variables that are not this package's have a say in it.
    if (name === 'proxy') continue;
    if (text === '') {
      checks.push(checkUnset(name, defaults[name], complete, unusable));
      continue;
    }
    const alone = attempt({ [variable]: text }, name === 'apiKey' ? {} : { apiKey: SOME_KEY });
    if (alone instanceof ReadmeOptionsError) {
      unusable.add(name);
      checks.push(check('fail', alone.message, `Correct ${variable}: ${alone.message}`));
      continue;
    }
    usable[variable] = text;
    checks.push(check('ok', `${name} = ${shownValue(name, alone[name])} (${variable})`));
    if (/^(["']).*\1$/s.test(text)) checks.push(quoted(variable));
  }
  const proxy = checkProxy(environment, usable);
  checks.push(proxy.check);
  if (proxy.settings === 'unusable') unusable.add('proxy');
  const key = usable.README_API_KEY === undefined ? { apiKey: SOME_KEY } : {};
  const options = attempt(usable, { ...key, proxy: 'none' });
  // Each can be used, and together they cannot.
  if (
    options instanceof ReadmeOptionsError ||
    (complete instanceof ReadmeOptionsError && unusable.size === 0)
  ) {
    const { message } = options instanceof ReadmeOptionsError ? options : (complete as Error);
    checks.push(check('fail', message, `Correct the settings: ${message}`));
  }
  const found = {
    ...(options instanceof ReadmeOptionsError ? defaults : options),
    proxy: proxy.settings === 'unusable' ? undefined : proxy.settings,
  };
  return {
    checks: [
      ...checks,
      ...checkTogether(environment),
      ...unknown.map(checkUnknown),
      ...checkSpool(found),
    ],
    options: found,
    unusable,
  };
}

/** What is misspelt is reported by itself. */
function without(
  unknown: readonly UnknownVariable[],
  environment: NodeJS.ProcessEnv,
): NodeJS.ProcessEnv {
  const names = new Set(unknown.map(({ variable }) => variable));
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !names.has(name)));
}

function attempt(
  environment: NodeJS.ProcessEnv,
  inCode: ReadmeOptions = {},
): ResolvedOptions | ReadmeOptionsError {
  try {
    return resolveOptions(inCode, environment);
  } catch (error) {
    if (error instanceof ReadmeOptionsError) return error;
    throw error;
  }
}

function checkUnset(
  name: OptionName,
  fallback: unknown,
  complete: ResolvedOptions | ReadmeOptionsError,
  unusable: Set<string>,
): Check {
  if (name !== 'apiKey') return check('ok', `${name} = ${shownValue(name, fallback)} (default)`);
  const variable = variableOf(name);
  if (!(complete instanceof ReadmeOptionsError)) {
    return check('note', `${variable} is not set; with these settings none is needed`);
  }
  unusable.add(name);
  return check(
    'fail',
    `${variable} is not set: without a key nothing is logged`,
    `Set ${variable}; you find the key in your ReadMe project under Configuration > API Key. (If your code gives it, run the doctor with ${variable} set to it.)`,
  );
}

function quoted(variable: string): Check {
  return check(
    'warn',
    `the quotes around ${variable} are part of its value`,
    `Leave the quotes away where ${variable} is set: docker's --env-file, among others, keeps them.`,
  );
}

function shownValue(name: OptionName, value: unknown): string {
  if (name === 'apiKey') return shownSecret(String(value));
  if (value === undefined) return 'not set';
  if (typeof value === 'function') return value.name;
  return Array.isArray(value) ? value.map(String).join(', ') : String(value);
}

function checkTogether(environment: NodeJS.ProcessEnv): Check[] {
  const checks: Check[] = [];
  const isSet = (name: string) => ownVariable(environment, name) !== undefined;
  if (isSet(variableOf('denylist')) && isSet(variableOf('allowlist'))) {
    checks.push(
      check(
        'warn',
        'README_DENYLIST and README_ALLOWLIST are both set: the denylist alone counts',
        'Remove one of README_DENYLIST and README_ALLOWLIST.',
      ),
    );
  }
  if (!isSet(variableOf('denylist')) && !isSet(variableOf('allowlist'))) {
    checks.push(
      check(
        'note',
        'no list is set: bodies, headers and queries are sent with the passwords and tokens in them (README_DENYLIST=@credentials hides those; a list in your code is not seen here)',
      ),
    );
  }
  return checks;
}

function checkUnknown({ variable, meant, protecting }: UnknownVariable): Check {
  if (meant === undefined) return check('note', `${variable} is none of this package's variables`);
  return check(
    protecting === undefined ? 'warn' : 'fail',
    `${variable} is not read: did you mean ${meant}?${protecting === undefined ? '' : ' Until then nothing is logged.'}`,
    `Rename ${variable} to ${meant}, or remove it.`,
  );
}
