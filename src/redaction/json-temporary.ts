import type { GrowingBytes } from '../record/growing-bytes';
import { redactJson } from './json';
import { appendJsonString } from './json-string';
import type { Policy } from './policy';

export function redactJsonBytes(
  bytes: Uint8Array,
  policy: Policy,
  out: GrowingBytes,
  { read }: { read: boolean; escaped: boolean },
) {
  const result = redactJson(Buffer.from(bytes).toString('utf8'), policy, read);
  if ('text' in result) appendJsonString(out, Buffer.from(result.text));
  return { kind: result.kind };
}
