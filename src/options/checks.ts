/** Checks of single values: each returns the value, or throws an error that names the option. */
import { resolve } from 'node:path';
import { CREDENTIALS_ENTRY } from '../redaction/credentials';
import type { ListEntry } from '../redaction/path';
import { faultOfEntry } from './list-entries';
import { plainText } from './plain-text';

/** A setting that cannot be used. Its message names the setting, what was wrong and what to do; never a secret. */
export class ReadmeOptionsError extends TypeError {
  override readonly name = 'ReadmeOptionsError';
  readonly code = 'ERR_README_OPTIONS';

  constructor(message: string, options?: ErrorOptions) {
    super(plainText(message), options);
  }
}

export function integer(
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

export function boolean(name: string, value: unknown, fallback: boolean): boolean {
  if (value === undefined) return fallback;
  if (typeof value !== 'boolean') {
    throw new ReadmeOptionsError(`${name} must be true or false, got ${shown(value)}`);
  }
  return value;
}

export function strings(name: string, value: unknown): string[] | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value) || value.some((item) => typeof item !== 'string' || item === '')) {
    throw new ReadmeOptionsError(
      `${name} must be an array of non-empty strings, got ${kindOf(value)}`,
    );
  }
  return [...value];
}

/** @returns an absolute path: an application may change its working directory. */
export function directory(name: string, value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || value === '' || value.includes('\0')) {
    throw new ReadmeOptionsError(`${name} must be the path of a directory, got ${kindOf(value)}`);
  }
  return resolve(value);
}

export function list(name: string, value: unknown): readonly ListEntry[] | undefined {
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
  return value.map((entry: ListEntry, index) => checkedEntry(name, entry, index));
}

/** What cannot mean what it looks like, such as a misspelt `@credentials`, must not become a name that hides nothing. */
function checkedEntry(name: string, entry: ListEntry, index: number): ListEntry {
  if (typeof entry !== 'string') return entry;
  const fault = faultOfEntry(entry);
  if (fault !== undefined) throw new ReadmeOptionsError(`${name}[${index}] ${fault}`);
  if (!entry.startsWith('@')) return entry;
  if (entry.toLowerCase() === CREDENTIALS_ENTRY && name === 'denylist') return CREDENTIALS_ENTRY;
  const there =
    name === 'denylist'
      ? `the only ready list is "${CREDENTIALS_ENTRY}"`
      : `there are ready lists for denylist only ("${CREDENTIALS_ENTRY}")`;
  throw new ReadmeOptionsError(
    `${name}[${index}] begins with @ and is no ready list: ${there}; a name that begins so is written as "**.@name", or as a RegExp`,
  );
}

export function httpUrl(name: string, value: unknown, alternative: string): URL {
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined;
  const got = url === undefined ? kindOfText(value) : faultOf(url);
  if (url === undefined || got !== undefined) {
    throw new ReadmeOptionsError(
      `${name} must be an http or https URL without credentials and query${alternative}, got ${got}`,
    );
  }
  return url;
}

/** In words: any part of a URL may be a secret. */
function faultOf({ protocol, username, password, search, hash }: URL): string | undefined {
  if (!/^https?:$/.test(protocol)) return 'a URL of another protocol';
  if (username !== '' || password !== '') return 'one with user name or password';
  return search === '' && hash === '' ? undefined : 'one with query or fragment';
}

function kindOfText(value: unknown): string {
  return typeof value === 'string' ? 'a text that is no URL' : kindOf(value);
}

/** What stands for numbers and booleans elsewhere. */
const NEARLY = /^(?:[\d.,_ -]{0,20}|true|false|yes|no|on|off)$/i;

export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : `a value of type ${typeof value}`;
}

/** A value that is nearly right is shown; any other text could be a key in the wrong place. */
export function shown(value: unknown): string {
  if (typeof value === 'string' && NEARLY.test(value)) return JSON.stringify(value);
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : kindOf(value);
}
