import type { Warnings } from '../options/warnings';
import type { DropReason } from '../record/drop-reason';

/** Who made a request. It stays in the process: what leaves is masked later. */
export interface Caller {
  readonly key: string;
  readonly label: string | undefined;
  readonly email: string | undefined;
}

/** What became of a grouping result: a caller, or why the exchange is not logged (`undefined`: as wished). */
export type CallerResult = { readonly caller: Caller } | { readonly cause: DropReason | undefined };

/** Longer labels serve nobody and would go out with every log. */
const LONGEST_TEXT = 1024;

/**
 * Checks what a grouping function returned or `setReadmeGroup` was given, by the rules of ReadMe's own SDKs.
 * A warning names types, never values.
 */
export function resolveCaller(group: unknown, warnings: Warnings): CallerResult {
  if (group === null || group === undefined) return { cause: undefined };
  if (typeof group !== 'object')
    return unusable(`a ${typeof group} instead of an object`, warnings);
  const { apiKey, label, email } = group as Record<string, unknown>;
  if (!isKey(apiKey)) return unusable(describeKey(apiKey, group), warnings);
  for (const name of Object.keys(group)) {
    if (name === 'apiKey' || name === 'label' || name === 'email') continue;
    warnings.diagOnce(
      `field:${name}`,
      `the group's field "${name}" is not one of apiKey, label and email: left out`,
    );
  }
  return {
    caller: {
      key: String(apiKey),
      label: text('label', label, warnings),
      email: text('email', email, warnings),
    },
  };
}

function isKey(value: unknown): value is string | number {
  return (
    (typeof value === 'string' && value !== '') ||
    (typeof value === 'number' && Number.isFinite(value))
  );
}

function describeKey(apiKey: unknown, group: object): string {
  const instead = ['api_key', 'id'].filter((name) => Object.hasOwn(group, name));
  const hint = instead.length > 0 ? `, but ${instead.join(' and ')}: rename it to apiKey` : '';
  if (apiKey === undefined) return `an object without apiKey${hint}`;
  const kind =
    apiKey === '' ? 'an empty string' : apiKey === null ? 'null' : `of type ${typeof apiKey}`;
  return `an object whose apiKey is ${kind}${hint}`;
}

/** Written out: this is asked for every exchange, and a string that is put together has to be hashed each time. */
const MISSING = {
  label: { key: 'no-label', message: 'the group has no label: logs are sent without it' },
  email: { key: 'no-email', message: 'the group has no email: logs are sent without it' },
};

function text(name: 'label' | 'email', value: unknown, warnings: Warnings): string | undefined {
  if (typeof value === 'string' && value !== '') return value.slice(0, LONGEST_TEXT);
  const { key, message } = MISSING[name];
  if (value === undefined || value === null || value === '') {
    warnings.debugOnce(key, message);
  } else {
    warnings.diagOnce(
      key,
      `the group has an unusable ${name} (${typeof value}): logs are sent without it`,
    );
  }
  return undefined;
}

function unusable(what: string, warnings: Warnings): CallerResult {
  warnings.warnOnce(
    'README_GROUP_UNUSABLE',
    `the grouping function (or setReadmeGroup) gave ${what}; expected { apiKey: string | number, label?, email? }, or null for exchanges that shall not be logged. Such exchanges are not logged.`,
  );
  return { cause: 'group_invalid' };
}
