import { expect } from 'vitest';
import { type BodyDescription, describeBody, describeText } from '../../src/har/body';
import { writeBody } from '../../src/har/write-body';
import { GrowingBytes } from '../../src/record/growing-bytes';
import type { RecordBody } from '../../src/record/read-record';
import type { NameValue } from '../../src/record/record';
import type { SecretMask } from '../../src/redaction/mask';
import type { Policy } from '../../src/redaction/policy';
import { compilePolicy } from '../../src/redaction/policy';
import { LIMIT, SETTINGS } from './body-settings';
import { contentsOf, fields, type SampleBody, sampleExchange } from './sample-exchanges';

export const none = compilePolicy({});
export const deny = compilePolicy({ denylist: ['password'] });
export const allow = compilePolicy({ allowlist: ['name'] });

export { LIMIT, SETTINGS };
export const PNG = Buffer.from('89504e470d0a1a0affd8', 'hex');
export const FORM = 'application/x-www-form-urlencoded';

export function text(value: string): SampleBody {
  return { size: Buffer.byteLength(value), text: value };
}

export function bytes(value: Uint8Array): SampleBody {
  return { size: value.length, bytes: value };
}

/**
 * What a log shows of a body with that Content-Type. What goes from bytes to bytes is also read as a string, and
 * has to be the same.
 */
export function described(
  body: SampleBody,
  type: string | undefined,
  policy = none,
  headers: Record<string, string> = {},
  settings = SETTINGS,
): BodyDescription {
  const all = fields(type === undefined ? headers : { 'Content-Type': type, ...headers });
  const { requestBody } = contentsOf(sampleExchange({ request: { body } }));
  return shownBody(requestBody, all, policy, settings);
}

export function shownBody(
  body: RecordBody,
  headers: readonly NameValue[],
  policy: Policy,
  settings = SETTINGS,
  secrets?: SecretMask,
): BodyDescription {
  const shown = describeBody(body, headers, policy, settings, secrets);
  if (!('plain' in shown)) return shown;
  const out = new GrowingBytes();
  out.ascii('{"a":0');
  writeBody(out, 'response', body, headers, policy, settings, secrets);
  out.ascii('}');
  const { text, size, comment } = JSON.parse(out.written.toString());
  const content =
    text === undefined ? ({ kind: 'left-out' } as const) : ({ kind: 'text', text } as const);
  const written = { size, content, ...(comment !== undefined && { comment }) };
  expect(written).toEqual(describeText(shown.decoded, headers, policy, settings, secrets));
  return written;
}
