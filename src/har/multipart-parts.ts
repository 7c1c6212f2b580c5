import type { Dicer } from '@fastify/busboy';
import { loadBusboy } from './load-busboy';

/** A whole part of a multipart body (RFC 2046 §5.1). */
export interface Part {
  /** Values by name in lower case, one character a byte. */
  headers: Readonly<Record<string, string[] | undefined>>;
  bytes: Buffer;
}

const MAX_PARTS = 1000;
/** RFC 2046 §5.1.1 allows 70 characters; the parser finds none that is longer than this. */
const LONGEST_BOUNDARY = 250;

/** More than this is no header of an upload; a longer one counts as none. */
const MAX_HEADER_CHARACTERS = 16 * 1024;

const TOO_MANY_PARTS = new Error('too many parts');

interface OpenPart {
  headers?: Part['headers'];
  chunks: Buffer[];
  ended: boolean;
}

/**
 * Splits a multipart body at its boundary, with the parser of @fastify/busboy.
 *
 * @returns the leading parts that are whole, 1,000 at most; `complete` is false when something
 *   follows them that is not the end
 */
export function splitParts(bytes: Buffer, boundary: string): { parts: Part[]; complete: boolean } {
  if (boundary.length > LONGEST_BOUNDARY) return { parts: [], complete: false };
  const open: OpenPart[] = [];
  const dicer = new (loadBusboy().Dicer)({ boundary });
  dicer.on('error', () => {});
  dicer.on('part', (stream: Dicer.PartStream) => {
    if (open.length === MAX_PARTS) throw TOO_MANY_PARTS;
    const part: OpenPart = { chunks: [], ended: false };
    open.push(part);
    stream.on('header', (headers: object) => {
      part.headers = checked(headers as Part['headers']);
    });
    // A stream hands out what is pushed later, or not at all once somebody waits for it to drain.
    stream.push = (chunk: Buffer | null) => {
      if (chunk === null) part.ended = true;
      else part.chunks.push(chunk);
      return true;
    };
  });
  try {
    dicer.write(bytes);
    // What comes after the last boundary is no part; after any other, the next one begins.
    dicer.write(Buffer.from('x'));
  } catch (error) {
    // Whatever a client can make the parser throw: nothing that it has read is sure.
    if (error !== TOO_MANY_PARTS) return { parts: [], complete: false };
    return { parts: open.map(wholePart), complete: false };
  }
  const parts = open.filter(({ ended }) => ended);
  return { parts: parts.map(wholePart), complete: parts.length === open.length };
}

function wholePart({ headers = {}, chunks }: OpenPart): Part {
  return { headers, bytes: chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks) };
}

function checked(headers: Part['headers']): Part['headers'] {
  const length = Object.entries(headers).reduce(
    (sum, [name, values = []]) => sum + name.length + values.join().length,
    0,
  );
  return length > MAX_HEADER_CHARACTERS ? {} : headers;
}
