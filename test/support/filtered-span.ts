import type { Attributes } from '@opentelemetry/api';
import type { ReceivedLog } from '../../src/local/received-log';
import type { ReadmeOptions } from '../../src/options/readme-options';
import { resolveOptions } from '../../src/options/resolve-options';
import { readRecord } from '../../src/record/read-record';
import { compilePolicy } from '../../src/redaction/policy';
import { CallerMasks } from '../../src/redaction/secrets';
import { decodeSpan } from '../../src/spans/attributes';
import { FilteredAttributes } from '../../src/spans/filtered-attributes';
import type { FinishedSpan } from '../../src/spans/sdk-types';
import { logOf, logSettings } from './sample-exchanges';

type Lists = Pick<ReadmeOptions, 'denylist' | 'allowlist'>;

/** The attributes that `filterSpans` makes of a record. */
export function filteredAttributes(record: Uint8Array, lists: Lists): Attributes {
  const options = resolveOptions({ apiKey: 'key', filterSpans: true, ...lists }, {});
  return new FilteredAttributes(options, new CallerMasks()).encode(record);
}

/** The log that an exporter with the same lists makes of them. */
export function logOfAttributes(
  attributes: Attributes,
  startTime: number,
  lists: Lists,
): ReceivedLog {
  const seconds = Math.floor(startTime / 1000);
  const span = { attributes, startTime: [seconds, (startTime - 1000 * seconds) * 1e6] };
  const record = decodeSpan(span as unknown as FinishedSpan);
  if (!(record instanceof Uint8Array)) throw new Error(`the span carries no exchange: ${record}`);
  return logOf(record, logSettings(compilePolicy(lists)));
}

/** What is on the span, and the log that comes of it. */
export function throughFilteredSpan(
  record: Uint8Array,
  lists: Lists,
): { attributes: Attributes; log: ReceivedLog } {
  const attributes = filteredAttributes(record, lists);
  return { attributes, log: logOfAttributes(attributes, readRecord(record).startTime, lists) };
}
