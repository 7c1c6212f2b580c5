import * as zlib from 'node:zlib';

/** What became of one layer of a content-encoding. */
export interface Inflated {
  bytes: Uint8Array;
  /**
   * `early-end`: the bytes end before their format does. `too-long`: there is more than was asked
   * for.
   */
  cut?: 'early-end' | 'too-long';
}

interface Limits {
  maxOutputLength: number;
  finishFlush?: number;
  chunkSize?: number;
}

/** One way to undo a coding. */
interface Format {
  inflate(bytes: Uint8Array, limits: Limits): Uint8Array;
  create(limits: Limits): object;
  /** Makes of bytes that end early what is there of them. */
  flush: number;
}

const { Z_SYNC_FLUSH, BROTLI_OPERATION_FLUSH } = zlib.constants;

const GZIP: Format = {
  inflate: zlib.gunzipSync,
  create: zlib.createGunzip,
  flush: Z_SYNC_FLUSH,
};
const ZLIB: Format = {
  inflate: zlib.inflateSync,
  create: zlib.createInflate,
  flush: Z_SYNC_FLUSH,
};
const DEFLATE: Format = {
  inflate: zlib.inflateRawSync,
  create: zlib.createInflateRaw,
  flush: Z_SYNC_FLUSH,
};
const BROTLI: Format = {
  inflate: zlib.brotliDecompressSync,
  create: zlib.createBrotliDecompress,
  flush: BROTLI_OPERATION_FLUSH,
};

/** Since Node.js 22.15 and 23.8. */
const { zstdDecompressSync, createZstdDecompress } = zlib as {
  zstdDecompressSync?: Format['inflate'];
  createZstdDecompress?: Format['create'];
};
const { ZSTD_e_flush = 1 } = zlib.constants as { ZSTD_e_flush?: number };

const FORMATS: ReadonlyMap<string, readonly Format[]> = new Map([
  ['gzip', [GZIP]],
  ['x-gzip', [GZIP]],
  // Some servers take `deflate` for the bare format (RFC 9110 §8.4.1.2).
  ['deflate', [ZLIB, DEFLATE]],
  ['br', [BROTLI]],
  ...(zstdDecompressSync && createZstdDecompress
    ? [
        [
          'zstd',
          [{ inflate: zstdDecompressSync, create: createZstdDecompress, flush: ZSTD_e_flush }],
        ] as const,
      ]
    : []),
]);

/**
 * Undoes one content coding, of bytes that end early as far as they go.
 *
 * Node.js 22 does not tell when zstd ends early: what decodes is then returned as if it were all.
 *
 * @param coding in lower case
 * @param most bytes to return; neither memory nor time is spent on more
 * @returns undefined when the coding is unknown to this Node.js, or the bytes are not in it
 */
export function inflate(coding: string, bytes: Uint8Array, most: number): Inflated | undefined {
  if (most < 1) return undefined;
  for (const format of FORMATS.get(coding) ?? []) {
    const inflated = inflateAs(format, bytes, most);
    if (inflated !== undefined) return inflated;
  }
  return undefined;
}

function inflateAs(
  format: Format,
  bytes: Uint8Array,
  most: number,
  unfinished = false,
): Inflated | undefined {
  const finishFlush = unfinished ? { finishFlush: format.flush } : {};
  try {
    const inflated = format.inflate(bytes, { maxOutputLength: most, ...finishFlush });
    if (!unfinished) return { bytes: inflated };
    return inflated.length === 0 ? undefined : { bytes: inflated, cut: 'early-end' };
  } catch (error) {
    if (isCode(error, 'ERR_BUFFER_TOO_LARGE')) return beginning(format, bytes, most);
    if (unfinished || !isCode(error, 'Z_BUF_ERROR')) return undefined;
    return inflateAs(format, bytes, most, true);
  }
}

/**
 * The first bytes of what unpacks to more.
 *
 * Node.js has no public way to get them at once: `maxOutputLength` throws away what was unpacked, a
 * shorter input says little (77 bytes of brotli are 50 MB), and streams answer later, which is too
 * late for a process that exits. But an engine writes to a buffer of `chunkSize` bytes, which it
 * still holds when it throws because that was filled: so from Node.js 20 to 26. Where it is not
 * found, the layer counts as one that cannot be undone.
 */
function beginning(format: Format, bytes: Uint8Array, most: number): Inflated | undefined {
  const engine: {
    on?(event: 'error', listener: () => void): void;
    close?(): void;
    _processChunk?(bytes: Uint8Array, flush: number): unknown;
    _outBuffer?: unknown;
  } = format.create({
    // Node.js takes no less than 64.
    chunkSize: Math.max(most, 64),
    maxOutputLength: Math.max(most - 1, 1),
    finishFlush: format.flush,
  });
  engine.on?.('error', () => {});
  try {
    engine._processChunk?.(bytes, format.flush);
  } catch (error) {
    const { _outBuffer: filled } = engine;
    if (isCode(error, 'ERR_BUFFER_TOO_LARGE') && filled instanceof Uint8Array) {
      return { bytes: filled.subarray(0, most), cut: 'too-long' };
    }
  } finally {
    engine.close?.();
  }
  return undefined;
}

function isCode(error: unknown, code: string): boolean {
  return (error as { code?: unknown } | null)?.code === code;
}
