import { GrowingBytes } from '../record/growing-bytes';
import type { RecordBody } from '../record/read-record';
import type { NameValue } from '../record/record';
import type { SecretMask } from '../redaction/mask';
import { compilePolicy, type Policy } from '../redaction/policy';
import { WITHHELD } from '../redaction/withheld';
import type { BodySettings } from './body-settings';
import type { HarParam, Side } from './har';
import { HeaderFields } from './header-fields';
import { writeBody } from './write-body';

/** The lists were applied already: to apply them again would make `[REDACTED 12]` of `[REDACTED 7]`. */
export const APPLIED = compilePolicy({});
/** Of records whose lists were applied already. */
export const APPLIED_FIELDS = {
  request: new HeaderFields(APPLIED, 'request'),
  response: new HeaderFields(APPLIED, 'response'),
};

/** The members of HAR 1.2 that show a body: of `postData`, or of `content`. */
export interface BodyMembers {
  readonly text?: string;
  readonly params?: readonly HarParam[];
  readonly encoding?: 'base64';
  /** Of `content` only. */
  readonly size?: number;
  readonly comment?: string;
}

/**
 * One side of an exchange whose lists were applied where it was captured. It stands, as JSON, in place of the
 * body in a record with the flag `filtered`.
 */
export interface FilteredSide {
  readonly mimeType: string;
  /** Of a request. */
  readonly query?: readonly NameValue[];
  readonly members: BodyMembers;
}

/** What a log would show of a body. */
export function membersOf(
  side: Side,
  body: RecordBody,
  headers: readonly NameValue[],
  policy: Policy,
  settings: BodySettings,
  secrets: SecretMask | undefined,
): BodyMembers {
  const out = new GrowingBytes(body.bytes.length + 256);
  writeBody(out, side, body, headers, policy, settings, secrets);
  // Each member has a comma before it.
  return JSON.parse(`{${out.bytes.toString('utf8', 1, out.length)}}`) as BodyMembers;
}

/** Appends them, as {@link writeBody} does; returns whether the body was withheld, wholly or in parts. */
export function writeMembers(
  out: GrowingBytes,
  { text, params, encoding, size, comment }: BodyMembers,
): boolean {
  // In the order of `writeBody`.
  out.utf8(JSON.stringify({ '': 0, text, params, encoding, size, comment }).slice(5, -1));
  return comment?.includes(WITHHELD) === true;
}

/** @param body of a record with the flag `filtered`. */
export function readSide({ bytes }: RecordBody): FilteredSide {
  return JSON.parse(bytes.toString()) as FilteredSide;
}
