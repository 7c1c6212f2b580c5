import { describeBody } from '../../src/har/body';
import type { BodySettings } from '../../src/har/body-settings';
import type { BodyRecord } from '../../src/record/span-record';
import { compilePolicy } from '../../src/redaction/policy';
import { fields } from './span-records';

export const none = compilePolicy({});
export const deny = compilePolicy({ denylist: ['password'] });
export const allow = compilePolicy({ allowlist: ['name'] });

export const LIMIT = 1024 * 1024;
export const SETTINGS: BodySettings = { maxBodyBytes: LIMIT, logBinaryBodies: false };
export const PNG = Buffer.from('89504e470d0a1a0affd8', 'hex');
export const FORM = 'application/x-www-form-urlencoded';

export function text(value: string): BodyRecord {
  return { size: Buffer.byteLength(value), text: value };
}

export function bytes(value: Uint8Array): BodyRecord {
  return { size: value.length, bytes: value };
}

/** What describeBody makes of a body with that Content-Type. */
export function described(
  body: BodyRecord,
  type: string | undefined,
  policy = none,
  headers: Record<string, string> = {},
  settings = SETTINGS,
) {
  const all = type === undefined ? headers : { 'Content-Type': type, ...headers };
  return describeBody(body, fields(all), policy, settings);
}
