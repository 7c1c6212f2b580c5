import { describeBody } from '../../src/har/body';
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

/** What describeBody makes of a body with that Content-Type. */
export function described(
  body: SampleBody,
  type: string | undefined,
  policy = none,
  headers: Record<string, string> = {},
  settings = SETTINGS,
) {
  const all = type === undefined ? headers : { 'Content-Type': type, ...headers };
  const { requestBody } = contentsOf(sampleExchange({ request: { body } }));
  return describeBody(requestBody, fields(all), policy, settings);
}
