import { createHash, createHmac } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readSync, writeFileSync } from 'node:fs';

/**
 * Whose logs these are. Logs must not be sent with another key, or to another server; nor by a process
 * whose lists are others, for it may have been started to hide more.
 */
export interface Owner {
  readonly apiKey: string;
  readonly metricsServer: string;
  /** Denylist and allowlist; equal for equal lists. */
  readonly lists: string;
}

/** A larger file is not read: none of ours is. */
export const MAX_FILE_BYTES = 64 * 1024 * 1024;
/** As much as goes into one request, so that a part of a file never has arrived and a part has not. */
const MAX_LOGS = 30;
const MAX_LOG_BYTES = 1024 * 1024;
const MAX_HEAD_BYTES = 64 * 1024;
const HEAD = /^readme-metrics-spool 1 ([0-9a-f]{16}) ((?:\d{1,8},)*\d{1,8}) ([0-9a-f]{64})$/;
const LINE_END = 0x0a;
/** Windows has no O_NOFOLLOW, and needs rights for symbolic links that few have. */
const O_NOFOLLOW = constants.O_NOFOLLOW ?? 0;
const O_NONBLOCK = constants.O_NONBLOCK ?? 0;

/** Short, and says nothing about the key: 64 bits of SHA-256. */
export function digestOf({ apiKey, metricsServer, lists }: Owner): string {
  const text = JSON.stringify([apiKey, metricsServer, lists]);
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** The logs of each file, in their order; a log larger than 1 MiB has a file to itself. */
export function* inFiles(logs: readonly Buffer[]): Generator<readonly Buffer[]> {
  let part: Buffer[] = [];
  let bytes = 0;
  for (const log of logs) {
    if (part.length === MAX_LOGS || (part.length > 0 && bytes + log.length > MAX_LOG_BYTES)) {
      yield part;
      part = [];
      bytes = 0;
    }
    part.push(log);
    bytes += log.length;
  }
  if (part.length > 0) yield part;
}

/**
 * The file: a line with the digest of the owner, the byte length of each log, and a checksum; then each log
 * and a line end. The checksum is made with the key, so that nobody without it can add or alter logs.
 */
export function encodeFile(logs: readonly Buffer[], owner: Owner): Buffer {
  const head = `readme-metrics-spool 1 ${digestOf(owner)} ${logs.map(({ length }) => length)}`;
  const lineEnd = Buffer.of(LINE_END);
  const lines = logs.flatMap((log) => [log, lineEnd]);
  const checksum = createHmac('sha256', owner.apiKey).update(head);
  for (const line of lines) checksum.update(line);
  return Buffer.concat([Buffer.from(`${head} ${checksum.digest('hex')}\n`), ...lines]);
}

/** The logs of a file; `undefined` if one byte of it is missing, too many or different. */
export function decodeFile(content: Buffer, owner: Owner): Buffer[] | undefined {
  const headBytes = content.subarray(0, MAX_HEAD_BYTES).indexOf(LINE_END);
  const [, , lengths] = HEAD.exec(content.toString('latin1', 0, Math.max(headBytes, 0))) ?? [];
  if (lengths === undefined) return undefined;
  const logs: Buffer[] = [];
  let position = headBytes + 1;
  for (const length of lengths.split(',').map(Number)) {
    logs.push(content.subarray(position, position + length));
    position += length + 1;
  }
  if (position !== content.length) return undefined;
  return encodeFile(logs, owner).equals(content) ? logs : undefined;
}

/** Writes a new file that only this user can read. If it throws, a part of the file may be there. */
export function writeNewFile(path: string, content: Buffer): void {
  const { O_WRONLY, O_CREAT, O_EXCL } = constants;
  const file = openSync(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    writeFileSync(file, content);
  } finally {
    closeSync(file);
  }
}

/** `undefined` for what is no regular file, or too large to be one of ours. */
export function readWholeFile(path: string): Buffer | undefined {
  // Without O_NONBLOCK, opening a named pipe waits for somebody to write into it.
  const file = openSync(path, constants.O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    const status = fstatSync(file);
    if (!status.isFile() || status.size > MAX_FILE_BYTES) return undefined;
    const content = Buffer.alloc(status.size);
    let length = 0;
    while (length < content.length) {
      const bytes = readSync(file, content, length, content.length - length, null);
      if (bytes === 0) break;
      length += bytes;
    }
    return content.subarray(0, length);
  } finally {
    closeSync(file);
  }
}
