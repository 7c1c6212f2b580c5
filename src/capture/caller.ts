import type { Warnings } from '../options/warnings';
import type { LossCause } from '../record/drop-reason';

/** Who made a request. It stays in the process: what leaves is masked later. */
export interface Caller {
  readonly key: string;
  readonly label?: string;
  readonly email?: string;
}

/** What became of a grouping result: a caller, or why the exchange is not logged (`undefined`: as wished). */
export type CallerResult = { readonly caller: Caller } | { readonly cause: LossCause | undefined };

const KNOWN_FIELDS = new Set(['apiKey', 'label', 'email']);
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
  const { apiKey, label, email, ...others } = group as Record<string, unknown>;
  if (!isKey(apiKey)) return unusable(describeKey(apiKey, others), warnings);
  for (const name of Object.keys(others)) {
    warnings.diagOnce(
      `field:${name}`,
      `the group's field "${name}" is not one of apiKey, label and email: left out`,
    );
  }
  return {
    caller: {
      key: String(apiKey),
      ...text('label', label, warnings),
      ...text('email', email, warnings),
    },
  };
}

function isKey(value: unknown): value is string | number {
  return (
    (typeof value === 'string' && value !== '') ||
    (typeof value === 'number' && Number.isFinite(value))
  );
}

function describeKey(apiKey: unknown, others: Record<string, unknown>): string {
  const instead = ['api_key', 'id'].filter((name) => name in others && !KNOWN_FIELDS.has(name));
  const hint = instead.length > 0 ? `, but ${instead.join(' and ')}: rename it to apiKey` : '';
  if (apiKey === undefined) return `an object without apiKey${hint}`;
  const kind =
    apiKey === '' ? 'an empty string' : apiKey === null ? 'null' : `of type ${typeof apiKey}`;
  return `an object whose apiKey is ${kind}${hint}`;
}

function text(
  name: 'label' | 'email',
  value: unknown,
  warnings: Warnings,
): { [field: string]: string } {
  if (typeof value === 'string' && value !== '') return { [name]: value.slice(0, LONGEST_TEXT) };
  if (value === undefined || value === null || value === '') {
    warnings.debugOnce(`no-${name}`, `the group has no ${name}: logs are sent without it`);
  } else {
    warnings.diagOnce(
      `no-${name}`,
      `the group has an unusable ${name} (${typeof value}): logs are sent without it`,
    );
  }
  return {};
}

function unusable(what: string, warnings: Warnings): CallerResult {
  warnings.warnOnce(
    'README_GROUP_UNUSABLE',
    `the grouping function (or setReadmeGroup) gave ${what}; expected { apiKey: string | number, label?, email? }, or null for exchanges that shall not be logged. Such exchanges are not logged.`,
  );
  return { cause: 'group_invalid' };
}
