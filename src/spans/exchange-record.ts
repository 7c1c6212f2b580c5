import type { BodyRecord, SpanRecord } from '../record/span-record';
import { parseHeaderBlock, toPairs } from './header-pairs';
import type { RawBody, RawExchange } from './raw-exchange';

/** The record of an exchange; what no log may hold is still in it, until `hideSecrets` has taken it out. */
export function recordOf(raw: RawExchange): SpanRecord {
  const { wait, traceId, route, label, email, headBlock } = raw;
  return {
    logId: raw.logId,
    startTime: raw.startTime,
    duration: raw.duration,
    ...(wait !== undefined && { wait }),
    aborted: raw.aborted,
    ...(traceId !== undefined && { traceId }),
    ...(route !== undefined && { route }),
    clientAddress: raw.clientAddress,
    callerKey: raw.callerKey,
    group: {
      id: '',
      ...(label !== undefined && { label }),
      ...(email !== undefined && { email }),
    },
    request: {
      method: raw.method,
      url: raw.url,
      httpVersion: raw.httpVersion,
      headers: toPairs(raw.requestHeaders),
      body: recordBody(raw.requestBody),
    },
    response: {
      status: raw.status,
      statusText: raw.statusText,
      headers: parseHeaderBlock(headBlock ?? ''),
      headersSize: headBlock === undefined ? -1 : Buffer.byteLength(headBlock, 'latin1'),
      body: recordBody(raw.responseBody),
    },
  };
}

function recordBody({ size, loss, blocks }: RawBody): BodyRecord {
  if (loss === 'budget') return { size, loss };
  const bytes = blocks.length === 1 ? (blocks[0] as Uint8Array) : Buffer.concat(blocks);
  return { size, bytes, ...(loss !== undefined && { loss }) };
}
