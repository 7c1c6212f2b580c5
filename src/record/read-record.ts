import { numbersFor } from './numbers';
import { type BodyLoss, FLAG, LAYOUT, LOSSES, type NameValue, TEXTS } from './record';

const { uint8, uint16, float64, int32, uint32 } = LAYOUT;

/** One of the two bodies of a record. */
export interface RecordBody {
  /** Bytes seen on the wire, captured or not. */
  readonly size: number;
  readonly loss: BodyLoss | undefined;
  /** The captured bytes, in the memory of the record. */
  readonly bytes: Buffer;
  /** True when they are UTF-8 text without a content-encoding, whatever the header fields say. */
  readonly isText: boolean;
}

/**
 * What a record says. Absent texts are empty.
 *
 * A class whose fields are all set in one place: an object literal with a spread in it gets a hash table for its
 * properties from V8, and took ten times as long.
 */
export class RecordContents {
  logId: string;
  traceId: string;
  route: string;
  clientAddress: string;
  callerKey: string;
  groupId: string;
  label: string;
  email: string;
  method: string;
  url: string;
  httpVersion: string;
  statusText: string;
  readonly startTime: number;
  readonly duration: number;
  /** Undefined when no response head was sent. */
  readonly wait: number | undefined;
  readonly aborted: boolean;
  /** How an HTTP/2 stream ended before its response was complete (`stream-reset.ts`). */
  readonly reset: number;
  /** True when the bodies were too large for the metrics server, and are not sent. */
  readonly bodiesLeftOut: boolean;
  /** True when the lists were applied already, and each body is JSON of what a log shows of it. */
  readonly filtered: boolean;
  readonly requestHeaders: NameValue[];
  readonly requestBody: RecordBody;
  /** 0 when no response head was sent. */
  readonly status: number;
  readonly responseHeaders: NameValue[];
  /** Bytes of the response head on the wire; -1 when unknown. */
  readonly responseHeadersSize: number;
  readonly responseBody: RecordBody;

  /** @param record as {@link writeRecord} made it, at any place in its memory. */
  constructor(record: Uint8Array) {
    const { bytes, shorts, ints, words, doubles } = numbersOf(record);
    if (bytes[uint8.version] !== LAYOUT.version)
      throw new RangeError('unknown version of a record');
    const flags = bytes[uint8.flags] as number;
    const buffer = Buffer.from(record.buffer, record.byteOffset, record.byteLength);
    const requestTexts = words[uint32.requestTexts] as number;
    const responseTexts = words[uint32.responseTexts] as number;
    const head = 4 * (uint32.firstLength + TEXTS.length + requestTexts + responseTexts);
    const wide = (flags & FLAG.wide) !== 0;
    const bodies = head + (wide ? 2 : 1) * (words[uint32.characters] as number);
    const text = buffer.toString(wide ? 'utf16le' : 'latin1', head, bodies);
    const reader = new TextReader(words, text);

    this.logId = reader.next();
    this.traceId = reader.next();
    this.route = reader.next();
    this.clientAddress = reader.next();
    this.callerKey = reader.next();
    this.groupId = reader.next();
    this.label = reader.next();
    this.email = reader.next();
    this.method = reader.next();
    this.url = reader.next();
    this.httpVersion = reader.next();
    const statusText = reader.next();
    const responseHead = reader.next();
    this.requestHeaders = reader.pairs(requestTexts);
    const listed = reader.pairs(responseTexts);
    const sent = responseHead === '' ? undefined : parseHead(responseHead);
    this.status = sent === undefined ? (shorts[uint16.status] as number) : sent.status;
    this.statusText = sent === undefined ? statusText : sent.statusText;
    this.responseHeaders = sent === undefined ? listed : sent.headers;
    this.responseHeadersSize = ints[int32.responseHeadersSize] as number;
    this.startTime = doubles[float64.startTime] as number;
    this.duration = doubles[float64.duration] as number;
    const wait = doubles[float64.wait] as number;
    this.wait = Number.isNaN(wait) ? undefined : wait;
    this.aborted = (flags & FLAG.aborted) !== 0;
    this.reset = shorts[uint16.reset] as number;
    this.bodiesLeftOut = (flags & FLAG.bodiesLeftOut) !== 0;
    this.filtered = (flags & FLAG.filtered) !== 0;
    const middle = bodies + (words[uint32.requestBytes] as number);
    const end = middle + (words[uint32.responseBytes] as number);
    this.requestBody = {
      size: doubles[float64.requestSize] as number,
      loss: LOSSES[bytes[uint8.requestLoss] as number],
      bytes: buffer.subarray(bodies, middle),
      isText: (flags & FLAG.requestIsText) !== 0,
    };
    this.responseBody = {
      size: doubles[float64.responseSize] as number,
      loss: LOSSES[bytes[uint8.responseLoss] as number],
      bytes: buffer.subarray(middle, end),
      isText: (flags & FLAG.responseIsText) !== 0,
    };
  }
}

/** @param record as {@link writeRecord} made it, at any place in its memory. */
export function readRecord(record: Uint8Array): RecordContents {
  return new RecordContents(record);
}

/** The log of this record will be without its bodies: it was too large for the metrics server. */
export function leaveBodiesOut(record: Uint8Array): void {
  record[uint8.flags] = (record[uint8.flags] as number) | FLAG.bodiesLeftOut;
}

/** The numbers of a record, copied to where they can be read. */
function numbersOf(record: Uint8Array): ReturnType<typeof numbersFor> {
  const fixed = numbersFor(0);
  fixed.bytes.set(record.subarray(0, LAYOUT.head));
  const { requestTexts, responseTexts } = uint32;
  const texts =
    TEXTS.length + (fixed.words[requestTexts] as number) + (fixed.words[responseTexts] as number);
  const numbers = numbersFor(texts);
  numbers.bytes.set(record.subarray(0, LAYOUT.head + 4 * texts));
  return numbers;
}

/** Takes one text after the other. */
class TextReader {
  readonly #words: Uint32Array;
  readonly #text: string;
  #length: number = uint32.firstLength;
  #at = 0;

  constructor(words: Uint32Array, text: string) {
    this.#words = words;
    this.#text = text;
  }

  next(): string {
    const start = this.#at;
    this.#at = start + (this.#words[this.#length++] as number);
    return this.#text.slice(start, this.#at);
  }

  /** @param texts names and values together. */
  pairs(texts: number): NameValue[] {
    const pairs: NameValue[] = [];
    for (let index = 0; index < texts; index += 2) {
      pairs.push({ name: this.next(), value: this.next() });
    }
    return pairs;
  }
}

/** The head of a response as Node wrote it (RFC 9112 §4). */
function parseHead(block: string): { status: number; statusText: string; headers: NameValue[] } {
  const headers: NameValue[] = [];
  const firstEnd = lineEnd(block, 0);
  for (let start = firstEnd + 2; start < block.length; ) {
    const end = lineEnd(block, start);
    const colon = block.indexOf(':', start);
    if (colon > start && colon < end) {
      headers.push({ name: block.slice(start, colon), value: block.slice(colon + 1, end).trim() });
    }
    start = end + 2;
  }
  // `HTTP/1.1 200 OK`; an empty reason phrase may come without its space.
  return {
    status: Number(block.slice(9, 12)),
    statusText: block.slice(13, firstEnd),
    headers,
  };
}

function lineEnd(block: string, from: number): number {
  const end = block.indexOf('\r\n', from);
  return end < 0 ? block.length : end;
}
