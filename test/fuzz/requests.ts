import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';

/** One request as it goes over the wire, and what it says. */
export interface SentRequest {
  readonly method: string;
  readonly framing: 'none' | 'length' | 'chunked';
  readonly version: '1.0' | '1.1';
  readonly type: string;
  readonly coding: Coding;
  /** Before the content-encoding. */
  readonly plain: Buffer;
  /** After it: what the application reads. */
  readonly body: Buffer;
  /** Bytes of each chunk, with chunked framing. */
  readonly chunkSize: number;
  readonly expect: boolean;
  readonly trailers: boolean;
  /** Fields that the application is to get as they are. */
  readonly fields: readonly string[];
}

type Coding = 'identity' | 'gzip' | 'br' | 'deflate' | 'x-unknown';

const ENCODE: Record<Coding, (bytes: Buffer) => Buffer> = {
  identity: (bytes) => bytes,
  gzip: (bytes) => gzipSync(bytes, { level: 1 }),
  br: (bytes) => brotliCompressSync(bytes, { params: { 1: 1 } }),
  deflate: (bytes) => deflateSync(bytes, { level: 1 }),
  'x-unknown': (bytes) => bytes,
};

/** Texts in several scripts, bytes that are no text, nothing, and now and then more than fits the cap. */
export const bodyBytes: fc.Arbitrary<Buffer> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.string({ unit: 'grapheme', maxLength: 40 }).map((s) => Buffer.from(s)),
  },
  { weight: 2, arbitrary: fc.json().map((s) => Buffer.from(s)) },
  { weight: 3, arbitrary: fc.uint8Array({ maxLength: 60 }).map((b) => Buffer.from(b)) },
  { weight: 1, arbitrary: fc.constant(Buffer.alloc(0)) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom('é', 'x', '€', '\0'), fc.integer({ min: 500, max: 9000 }))
      .map(([unit, count]) => Buffer.from(unit.repeat(count))),
  },
);

const fieldLine = fc.constantFrom(
  'X-A: 1',
  'X-A: 2',
  'x-latin: caf\xe9',
  'Cookie: a=b; c=d',
  'Authorization: Bearer 0123456789abcdef',
  'X-Empty:',
  'Referer: http://u:p@h/?q=1',
  'X-Forwarded-For: 1.2.3.4',
  'Upgrade: h2c',
);

export const sentRequest: fc.Arbitrary<SentRequest> = fc
  .record({
    method: fc.constantFrom(
      'POST',
      'POST',
      'PUT',
      'GET',
      'GET',
      'HEAD',
      'DELETE',
      'PATCH',
      'OPTIONS',
    ),
    framing: fc.constantFrom('length', 'length', 'chunked', 'chunked', 'none'),
    version: fc.constantFrom('1.1', '1.1', '1.1', '1.1', '1.0'),
    type: fc.constantFrom('', 'text/plain', 'application/json', 'application/octet-stream'),
    coding: fc.constantFrom(
      'identity',
      'identity',
      'identity',
      'gzip',
      'br',
      'deflate',
      'x-unknown',
    ),
    plain: bodyBytes,
    chunkSize: fc.constantFrom(1, 2, 7, 100, 10_000),
    expect: fc.boolean(),
    trailers: fc.boolean(),
    fields: fc.array(fieldLine, { maxLength: 3 }),
  } as const)
  .map((parts): SentRequest => {
    // Chunked coding is of HTTP/1.1, and a body without framing is no body.
    const framing =
      parts.version === '1.0' && parts.framing === 'chunked' ? 'length' : parts.framing;
    const plain = framing === 'none' ? Buffer.alloc(0) : parts.plain;
    const coding = plain.length === 0 ? 'identity' : parts.coding;
    const body = ENCODE[coding](plain);
    const chunkSize = Math.max(parts.chunkSize, Math.ceil(body.length / 200));
    return { ...parts, framing, plain, coding, body, chunkSize };
  });

/** The bytes of a request to a path; the last one of a connection asks to close it. */
export function wireBytes(request: SentRequest, path: string, last: boolean): Buffer {
  const { method, framing, version, type, coding, body, expect, trailers, fields } = request;
  const lines = [`${method} ${path} HTTP/${version}`, 'Host: api.example.com', ...fields];
  if (last) lines.push('Connection: close');
  else if (version === '1.0') lines.push('Connection: keep-alive');
  if (type !== '') lines.push(`Content-Type: ${type}`);
  if (coding !== 'identity') lines.push(`Content-Encoding: ${coding}`);
  if (expect && body.length > 0 && version === '1.1') lines.push('Expect: 100-continue');
  if (framing === 'length') lines.push(`Content-Length: ${body.length}`);
  if (framing === 'chunked') lines.push('Transfer-Encoding: chunked');
  const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  return Buffer.concat([head, framing === 'chunked' ? chunked(request, trailers) : body]);
}

function chunked({ body, chunkSize }: SentRequest, trailers: boolean): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < body.length; at += chunkSize) {
    const chunk = body.subarray(at, at + chunkSize);
    parts.push(Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n'));
  }
  parts.push(Buffer.from(`0\r\n${trailers ? 'X-Trailer: t\r\n' : ''}\r\n`));
  return Buffer.concat(parts);
}
