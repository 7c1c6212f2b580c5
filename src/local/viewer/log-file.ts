import { appendFileSync, closeSync, openSync, readSync, writeFileSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { parseLogs, type ReceivedLog } from '../received-log';

const CHUNK_BYTES = 1024 * 1024;
/** Characters of all lines together; what a server with a viewer keeps. */
const MAX_CHARACTERS = 256 * 1024 * 1024;
/** No line is longer than the body of a request may be. */
const MAX_LINE_CHARACTERS = 12 * 1024 * 1024;
/** Logs are personal data: for the owner's eyes. */
const MODE = 0o600;

/**
 * Logs on disk, one JSON text a line. What is written is there when the sender gets its answer, and
 * is written at once, so that nothing is left to do when the process ends.
 *
 * @throws Error of `node:fs` when the file can neither be read nor made.
 */
export class LogFile {
  readonly #path: string;
  readonly #maxLogs: number;
  readonly #tell: (message: string) => void;
  #lines: string[] = [];
  #written = 0;
  #failed = false;

  /** @param tell told when the file has lines that are no logs, and when it cannot be written. */
  constructor(path: string, maxLogs: number, tell: (message: string) => void) {
    this.#path = path;
    this.#maxLogs = maxLogs;
    this.#tell = tell;
    closeSync(openSync(path, 'a+', MODE));
    this.#load();
  }

  /** Gives the newest logs of the file, oldest first, to `take`. Only once: they are not kept. */
  read(take: (log: ReceivedLog) => void): void {
    let unusable = 0;
    for (const [index, line] of this.#lines.entries()) {
      // So that text and values are not all there at the same time.
      this.#lines[index] = '';
      const logs = parseLogs(Buffer.from(`[${line}]`));
      if (typeof logs === 'string') unusable += 1;
      else for (const log of logs) take(log);
    }
    this.#lines = [];
    if (unusable > 0) this.#tell(`${this.#path}: ${unusable} lines are no logs; left out.`);
  }

  append(logs: ReceivedLog[]): void {
    const text = logs.map((log) => `${JSON.stringify(log)}\n`).join('');
    this.#attempt(() => appendFileSync(this.#path, text, { mode: MODE }));
    this.#written += logs.length;
    if (this.#written > 2 * this.#maxLogs) this.#shorten();
  }

  clear(): void {
    this.#attempt(() => writeFileSync(this.#path, '', { mode: MODE }));
    this.#written = 0;
  }

  /** Lets go of the older half, so that the file does not grow for ever. */
  #shorten(): void {
    this.#attempt(() => {
      this.#load();
      writeFileSync(this.#path, this.#lines.map((line) => `${line}\n`).join(''), { mode: MODE });
    });
    this.#written = this.#lines.length;
    this.#lines = [];
  }

  /** Reads the last `maxLogs` lines. */
  #load(): void {
    const file = openSync(this.#path, 'r');
    try {
      const decoder = new StringDecoder('utf8');
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
      this.#lines = [];
      let rest = '';
      let characters = 0;
      for (;;) {
        const bytes = readSync(file, chunk);
        if (bytes === 0) break;
        const lines = (rest + decoder.write(chunk.subarray(0, bytes))).split('\n');
        rest = lines.pop() ?? '';
        if (rest.length > MAX_LINE_CHARACTERS) {
          throw new Error(
            `${this.#path} is not a file of logs: it has a line of more than 12 MiB.`,
          );
        }
        for (const line of lines) {
          if (line.trim() === '') continue;
          this.#lines.push(line);
          characters += line.length;
        }
        if (this.#lines.length > 2 * this.#maxLogs || characters > 2 * MAX_CHARACTERS) {
          characters = this.#keepNewest();
        }
      }
      if (rest !== '') {
        // The process was killed while it wrote. The next log gets a line of its own.
        this.#lines.push(rest);
        appendFileSync(this.#path, '\n');
      }
      this.#keepNewest();
      this.#written = this.#lines.length;
    } finally {
      closeSync(file);
    }
  }

  /** @returns the characters of what was kept. */
  #keepNewest(): number {
    let characters = 0;
    let index = this.#lines.length;
    while (index > 0 && this.#lines.length - index < this.#maxLogs) {
      const { length } = this.#lines[index - 1] as string;
      if (characters + length > MAX_CHARACTERS) break;
      characters += length;
      index -= 1;
    }
    this.#lines = this.#lines.slice(index);
    return characters;
  }

  /** A full disk must not end the viewer: the logs are in memory as well. */
  #attempt(write: () => void): void {
    try {
      write();
      this.#failed = false;
    } catch (error) {
      if (!this.#failed) this.#tell(`${this.#path} cannot be written: ${(error as Error).message}`);
      this.#failed = true;
    }
  }
}
