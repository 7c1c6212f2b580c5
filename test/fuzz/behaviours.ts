import fc from 'fast-check';
import { bodyBytes } from './requests';

/** How an application reads a request's body. */
export const READ_STYLES = [
  'data',
  'for await',
  'break',
  'pipe',
  'read',
  'read some',
  'unshift',
  'readable',
  'resume',
  'never',
  'late',
  'pause',
  'toWeb',
  'two listeners',
  'overwrite',
  'destroy',
  'utf8',
  'latin1',
  'hex',
  'base64',
] as const;
export type ReadStyle = (typeof READ_STYLES)[number];

type Chunk =
  | { readonly as: 'string'; readonly text: string; readonly encoding: BufferEncoding | undefined }
  | { readonly as: 'Buffer' | 'Uint8Array' | 'reused'; readonly bytes: Buffer };

/** One step of an application that answers. */
export type Act =
  | { readonly do: 'write' | 'end'; readonly chunk?: Chunk | undefined; readonly callback: boolean }
  | { readonly do: 'writeHead'; readonly form: HeadForm; readonly status: number }
  | { readonly do: 'status'; readonly status: number }
  | { readonly do: 'header'; readonly line: readonly [string, string | readonly string[]] }
  | { readonly do: 'sleep'; readonly millis: number }
  | { readonly do: (typeof PLAIN_ACTS)[number] };

export const HEAD_FORMS = [
  'status',
  'reason',
  'object',
  'reason and object',
  'array',
  'pairs',
] as const;
export type HeadForm = (typeof HEAD_FORMS)[number];

const PLAIN_ACTS = [
  'flushHeaders',
  'cork',
  'uncork',
  'continue',
  'processing',
  'earlyHints',
  'trailers',
  'noDate',
  'contentLength',
  'write number',
  'write null',
  'end number',
  'bad header',
  'emit error',
  'drain',
  'pipe in',
  'throw',
  'wait for end',
] as const;
const ENDINGS = [
  'destroy',
  'destroy with error',
  'destroy socket',
  'request destroy',
  'end socket',
  'hang',
] as const;

/** What an application does with one request. */
export interface Behaviour {
  readonly read: ReadStyle;
  /** Whether it answers when it has read the body, at once, or later. */
  readonly answer: 'when read' | 'at once' | 'after a tick';
  readonly acts: readonly Act[];
  readonly ending: Ending;
  /** What it does when the response has ended. */
  readonly late: readonly ('write' | 'end' | 'writeHead' | 'header' | 'destroy')[];
  readonly errorListeners: boolean;
}
export type Ending = { readonly with: (typeof ENDINGS)[number] } | (Act & { readonly do: 'end' });

const chunk: fc.Arbitrary<Chunk> = fc.oneof(
  fc.record({
    as: fc.constant('string' as const),
    text: fc.string({ unit: 'grapheme', maxLength: 30 }),
    encoding: fc.constantFrom<BufferEncoding | undefined>(
      undefined,
      'utf8',
      'latin1',
      'ucs2',
      'ascii',
    ),
  }),
  fc.constantFrom<Chunk[]>(...encodedTexts()),
  fc.record({ as: fc.constantFrom('Buffer', 'Uint8Array', 'reused'), bytes: bodyBytes } as const),
);

/**
 * Well formed. Of malformed hex and base64 Node writes fewer bytes than it announces, so that nobody can
 * tell the end of a chunk: no exchange can be compared then, with or without the package.
 */
function encodedTexts(): Chunk[] {
  const texts: Partial<Record<BufferEncoding, readonly string[]>> = {
    hex: ['', '6869', 'ffee', 'FFEE', '00'],
    base64: ['', '6869', 'aGk=', 'aGk', '/+8=', '_-8'],
    base64url: ['', '6869', 'aGk', '_-8'],
    binary: ['', '6869', 'aGk=', '\xff\0'],
  };
  return Object.entries(texts).flatMap(([encoding, all]) =>
    all.map((text): Chunk => ({ as: 'string', text, encoding: encoding as BufferEncoding })),
  );
}

const status = fc.constantFrom(200, 200, 200, 201, 202, 204, 205, 301, 304, 400, 404, 500, 599);
const header = fc.constantFrom<readonly [string, string | readonly string[]]>(
  ['Content-Type', 'application/json'],
  ['content-type', 'text/plain; charset=utf-8'],
  ['Content-Type', 'application/octet-stream'],
  ['Set-Cookie', ['a=1', 'b=2; Path=/']],
  ['X-Latin1', 'caf\xe9'],
  ['Connection', 'close'],
  ['Location', '/elsewhere?q=1'],
  ['Transfer-Encoding', 'chunked'],
);

const end = fc.record({
  do: fc.constant('end' as const),
  chunk: fc.option(chunk, { nil: undefined }),
  callback: fc.boolean(),
});
const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('write' as const), chunk, callback: fc.boolean() }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('writeHead' as const),
      form: fc.constantFrom(...HEAD_FORMS),
      status,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('status' as const), status }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('header' as const), line: header }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('sleep' as const), millis: fc.constantFrom(0, 1, 4) }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constantFrom(...PLAIN_ACTS) }) },
);

export const behaviour: fc.Arbitrary<Behaviour> = fc.record({
  read: fc.constantFrom(...READ_STYLES),
  answer: fc.constantFrom('when read', 'when read', 'at once', 'after a tick'),
  acts: fc.array(act, { maxLength: 6 }),
  ending: fc.oneof<fc.WeightedArbitrary<Ending>[]>(
    { weight: 9, arbitrary: end },
    { weight: 1, arbitrary: fc.record({ with: fc.constantFrom(...ENDINGS) }) },
  ),
  late: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    {
      weight: 1,
      arbitrary: fc.array(fc.constantFrom('write', 'end', 'writeHead', 'header', 'destroy'), {
        maxLength: 3,
      }),
    },
  ),
  errorListeners: fc.constantFrom(true, true, false),
} as const) as fc.Arbitrary<Behaviour>;
