import type { ReceivedLog } from '../../../src/local/received-log';
import { compilePolicy } from '../../../src/redaction/policy';
import { validateHarLog } from '../../support/har-schema';
import { logOf, logSettings, recordOf, sampleExchange } from '../../support/sample-exchanges';
import { leaksOf } from '../leaks';

/** An exchange in which something stands that must not leave, in a form that is easily missed. */
export interface FormCase {
  readonly denylist?: readonly string[];
  readonly callerKey?: string;
  readonly url?: string;
  readonly requestHeaders?: readonly Field[];
  readonly responseHeaders?: readonly Field[];
  /** Of the request and of the response alike. */
  readonly body?: Buffer;
  /** Bytes of the body that were kept: fewer is a body that was cut. */
  readonly kept?: number;
  /** The body is text on a span, as `readmeHttpHooks` puts it there. */
  readonly onSpan?: boolean;
  /** Texts that no log may hold. */
  readonly needles: readonly string[];
}
export type Field = readonly [name: string, value: string];

/** What is wrong with the log of such an exchange; nothing if all is right. */
export function formFaults(one: FormCase): string[] {
  const { denylist, needles } = one;
  const policy = compilePolicy(denylist === undefined ? {} : { denylist: [...denylist] });
  let log: ReceivedLog;
  try {
    log = logOf(recordOf(sampleOf(one)), logSettings(policy));
  } catch (error) {
    // No client may keep itself out of the logs.
    return [`no log: ${error}`];
  }
  return [
    ...validateHarLog(log.request).map((fault) => `not HAR 1.2: ${fault}`),
    ...leaksOf(log, needles).map((leak) => `leaked: ${leak}`),
  ];
}

/** Whether what must not leave was there to be found: a case in which it was not would prove nothing. */
export function holdsNeedles(one: FormCase): boolean {
  const { body = Buffer.alloc(0), kept = body.length } = one;
  const bytes = body.subarray(0, kept).toString('latin1');
  const sent = [one.url, one.requestHeaders, one.responseHeaders, bytes];
  return leaksOf(sent, one.needles).length > 0;
}

function sampleOf(one: FormCase) {
  const { callerKey, url, requestHeaders, responseHeaders, body, kept, onSpan } = one;
  const sent = body ?? Buffer.alloc(0);
  const bytes = sent.subarray(0, kept);
  const size = sent.length;
  const content = onSpan ? { text: bytes.toString() } : { bytes };
  const held = { size, ...content, ...(bytes.length < size && { loss: 'truncated' as const }) };
  return sampleExchange({
    // Of a span without a key nothing is masked: that was done before it became one.
    callerKey: callerKey ?? 'key-of-another-caller',
    request: {
      method: 'POST',
      ...(url !== undefined && { url }),
      headers: named(requestHeaders),
      body: held,
    },
    response: { headers: named(responseHeaders), body: held },
  });
}

function named(headers: readonly Field[] = []): { name: string; value: string }[] {
  return headers.map(([name, value]) => ({ name, value }));
}
