import { numbersFor } from './numbers';
import { FLAG, LAYOUT, LOSSES, type RecordSource } from './record';

const { uint8, uint16, float64, int32, uint32 } = LAYOUT;
const NO_TEXTS: readonly string[] = [];
/** V8 answers this at once for a string that it holds with one byte a character. */
const BEYOND_LATIN1 = /[^\0-\xff]/;

/** @returns the record of an exchange. */
export function writeRecord(source: RecordSource): Uint8Array {
  const { requestHeaders, responseHead = '', requestBody, responseBody } = source;
  const responseHeaders = responseHead === '' ? source.responseHeaders : NO_TEXTS;
  const named = namedTexts(source, responseHead);
  const texts = named.length + requestHeaders.length + responseHeaders.length;
  const numbers = numbersFor(texts);
  const { words } = numbers;
  let next = putLengths(words, uint32.firstLength, named);
  next = putLengths(words, next, requestHeaders);
  next = putLengths(words, next, responseHeaders);
  // Not one string: to make it flat would copy all texts once more.
  const namedText = named.join('');
  const headersText = requestHeaders.join('') + responseHeaders.join('');
  const wide = BEYOND_LATIN1.test(namedText) || BEYOND_LATIN1.test(headersText);
  const characters = namedText.length + headersText.length;
  const requestBlocks = requestBody.blocks;
  const responseBlocks = responseBody.blocks;
  const requestBytes = lengthOf(requestBlocks);
  const responseBytes = lengthOf(responseBlocks);

  numbers.bytes[uint8.version] = LAYOUT.version;
  numbers.bytes[uint8.flags] =
    (source.aborted ? FLAG.aborted : 0) |
    (wide ? FLAG.wide : 0) |
    (requestBody.isText === true ? FLAG.requestIsText : 0) |
    (responseBody.isText === true ? FLAG.responseIsText : 0) |
    (source.filtered === true ? FLAG.filtered : 0);
  numbers.shorts[uint16.status] = source.status;
  numbers.shorts[uint16.reset] = source.reset ?? 0;
  numbers.bytes[uint8.requestLoss] = LOSSES.indexOf(requestBody.loss);
  numbers.bytes[uint8.responseLoss] = LOSSES.indexOf(responseBody.loss);
  numbers.doubles[float64.startTime] = source.startTime;
  numbers.doubles[float64.duration] = source.duration;
  numbers.doubles[float64.wait] = source.wait ?? Number.NaN;
  numbers.doubles[float64.requestSize] = requestBody.size;
  numbers.doubles[float64.responseSize] = responseBody.size;
  numbers.ints[int32.responseHeadersSize] =
    responseHead === '' ? source.responseHeadersSize : responseHead.length;
  words[uint32.requestBytes] = requestBytes;
  words[uint32.responseBytes] = responseBytes;
  words[uint32.characters] = characters;
  words[uint32.requestTexts] = requestHeaders.length;
  words[uint32.responseTexts] = responseHeaders.length;

  const head = 4 * next;
  const bodies = head + (wide ? 2 : 1) * characters;
  // Of Node's pool where it is small: memory of its own costs more than the rest of this function.
  const record = Buffer.allocUnsafe(bodies + requestBytes + responseBytes);
  record.set(numbers.bytes.subarray(0, head));
  const encoding = wide ? 'utf16le' : 'latin1';
  record.write(headersText, head + record.write(namedText, head, encoding), encoding);
  putBlocks(record, putBlocks(record, bodies, requestBlocks), responseBlocks);
  return record;
}

/** In the order of `TEXTS`. */
function namedTexts(source: RecordSource, responseHead: string): string[] {
  return [
    source.logId,
    source.traceId ?? '',
    source.route ?? '',
    source.clientAddress,
    source.callerKey ?? '',
    source.groupId ?? '',
    source.label ?? '',
    source.email ?? '',
    source.method,
    source.url,
    source.httpVersion,
    source.statusText,
    responseHead,
  ];
}

/** @returns where the next length belongs. */
function putLengths(words: Uint32Array, at: number, texts: readonly string[]): number {
  for (let index = 0; index < texts.length; index++) {
    words[at + index] = (texts[index] as string).length;
  }
  return at + texts.length;
}

function lengthOf(blocks: readonly Uint8Array[]): number {
  let length = 0;
  for (let index = 0; index < blocks.length; index++) {
    length += (blocks[index] as Uint8Array).length;
  }
  return length;
}

function putBlocks(record: Uint8Array, at: number, blocks: readonly Uint8Array[]): number {
  let end = at;
  for (let index = 0; index < blocks.length; index++) {
    const block = blocks[index] as Uint8Array;
    record.set(block, end);
    end += block.length;
  }
  return end;
}
