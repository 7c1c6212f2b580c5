import type { BodyLoss, SpanRecord } from '../../record/span-record';
import type { RawBody, RawExchange } from '../../spans/raw-exchange';
import type { LogSource, MadeLog } from '../pipeline';

/** A piece of a body: its length in the parcel's shared bytes, or the piece itself. */
type Piece = number | Uint8Array;
type PackedBody = [size: number, loss: BodyLoss | undefined, pieces: Piece[]];
/** An array rather than an object: a structured clone writes the names of an object's members each time. */
type PackedExchange = [
  logId: string,
  startTime: number,
  duration: number,
  wait: number | undefined,
  aborted: boolean,
  traceId: string | undefined,
  route: string | undefined,
  clientAddress: string,
  callerKey: string,
  label: string | undefined,
  email: string | undefined,
  method: string,
  url: string,
  httpVersion: string,
  requestHeaders: readonly string[],
  requestBody: PackedBody,
  status: number,
  statusText: string,
  headBlock: string | undefined,
  responseBody: PackedBody,
];

/** Sources of logs as they cross to another thread. */
export interface Parcel {
  readonly items: readonly (PackedExchange | SpanRecord | MadeLog)[];
  /** All small pieces of bodies, one after the other. */
  readonly bytes: Uint8Array;
}

/** Pieces of at least so many bytes change hands without being copied; for smaller ones that costs more. */
const OWN_PIECE_BYTES = 32 * 1024;

/**
 * @returns the parcel, and the memory that is to be handed over with it: what a structured clone would
 * otherwise copy, along with all else that is in the same ArrayBuffer, such as Node's pool of Buffers.
 */
export function pack(sources: readonly LogSource[]): { parcel: Parcel; transfer: ArrayBuffer[] } {
  const transfer: ArrayBuffer[] = [];
  const small: Uint8Array[] = [];
  let length = 0;

  const piece = (bytes: Uint8Array): Piece => {
    if (bytes.length >= OWN_PIECE_BYTES && ownsItsMemory(bytes)) {
      transfer.push(bytes.buffer as ArrayBuffer);
      return bytes;
    }
    small.push(bytes);
    length += bytes.length;
    return bytes.length;
  };
  const body = ({ size, loss, blocks }: RawBody): PackedBody => [size, loss, blocks.map(piece)];

  const items = sources.map((source) => {
    if ('json' in source) return { json: copied(source.json) };
    if (!('headBlock' in source)) return withOwnBytes(source);
    return packExchange(source, body);
  });
  const bytes = new Uint8Array(length);
  let filled = 0;
  for (const part of small) {
    bytes.set(part, filled);
    filled += part.length;
  }
  transfer.push(bytes.buffer);
  return { parcel: { items, bytes }, transfer };
}

export function unpack({ items, bytes }: Parcel): LogSource[] {
  let taken = 0;
  const piece = (part: Piece): Uint8Array => {
    if (typeof part !== 'number') return part;
    const start = taken;
    taken += part;
    return bytes.subarray(start, taken);
  };
  const body = ([size, loss, pieces]: PackedBody): RawBody => ({
    size,
    loss,
    blocks: pieces.map(piece),
  });
  return items.map((item) => (Array.isArray(item) ? unpackExchange(item, body) : item));
}

function packExchange(exchange: RawExchange, body: (raw: RawBody) => PackedBody): PackedExchange {
  return [
    exchange.logId,
    exchange.startTime,
    exchange.duration,
    exchange.wait,
    exchange.aborted,
    exchange.traceId,
    exchange.route,
    exchange.clientAddress,
    exchange.callerKey,
    exchange.label,
    exchange.email,
    exchange.method,
    exchange.url,
    exchange.httpVersion,
    exchange.requestHeaders,
    body(exchange.requestBody),
    exchange.status,
    exchange.statusText,
    exchange.headBlock,
    body(exchange.responseBody),
  ];
}

function unpackExchange(
  packed: PackedExchange,
  body: (packed: PackedBody) => RawBody,
): RawExchange {
  return {
    logId: packed[0],
    startTime: packed[1],
    duration: packed[2],
    wait: packed[3],
    aborted: packed[4],
    traceId: packed[5],
    route: packed[6],
    clientAddress: packed[7],
    callerKey: packed[8],
    label: packed[9],
    email: packed[10],
    method: packed[11],
    url: packed[12],
    httpVersion: packed[13],
    requestHeaders: packed[14],
    requestBody: body(packed[15]),
    status: packed[16],
    statusText: packed[17],
    headBlock: packed[18],
    responseBody: body(packed[19]),
  };
}

/** Whether nothing else is in the memory of these bytes, so that it may change hands. */
function ownsItsMemory(bytes: Uint8Array): boolean {
  return bytes.buffer instanceof ArrayBuffer && bytes.byteLength === bytes.buffer.byteLength;
}

function copied(bytes: Uint8Array): Uint8Array {
  return ownsItsMemory(bytes) ? bytes : new Uint8Array(bytes);
}

function withOwnBytes(record: SpanRecord): SpanRecord {
  const side = <Side extends SpanRecord['request'] | SpanRecord['response']>(whole: Side): Side =>
    whole.body.bytes === undefined
      ? whole
      : { ...whole, body: { ...whole.body, bytes: copied(whole.body.bytes) } };
  return { ...record, request: side(record.request), response: side(record.response) };
}
