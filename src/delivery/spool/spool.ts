import { decodeFile, digestOf, encodeFile, inFiles, MAX_FILE_BYTES } from './spool-file';
import { SpoolFolder } from './spool-folder';
import { Holding } from './spool-holder';
import { fileName, newName, type SpoolName } from './spool-name';
import { SpoolProblems } from './spool-problems';

export interface SpoolOptions {
  /** The setting `spoolDirectory`: made (mode 0700) if it is missing. Several processes may share it. */
  readonly directory: string;
  /** Bytes that all spooled files of the directory may hold, also those of other processes. */
  readonly maxBytes: number;
  /** Milliseconds after which a spooled log is not sent any more but deleted, whoever has spooled it. */
  readonly maxAgeMillis: number;
  /** Logs are never sent with another key than the one that they were spooled for. It is not stored. */
  readonly apiKey: string;
  /** Nor to another server. */
  readonly metricsServer: string;
  /** Nor by who has another denylist or allowlist. Equal for equal lists. */
  readonly lists: string;
  /** Takes problems in words: what failed, why, and what to do. Never anything of a log. */
  readonly tell: (problem: string) => void;
}

/** A file of logs that nobody else sends, until it is settled or the process has ended. */
export interface SpooledBatch {
  /** What fits into one request: JSON of each log as UTF-8. */
  readonly logs: readonly Buffer[];
  /** They have arrived: deletes the file. */
  delivered(): void;
  /** The server is still away: anyone may try again. */
  putBack(): void;
  /** They were rejected: the file is kept for a person to look at, until it is too old. */
  setAside(): void;
}

/**
 * Outcome of keeping logs: all of them were spooled, or none, because the directory holds `maxBytes` or
 * 2000 files (`full`), or cannot be written (`failed`).
 */
export type Kept = 'spooled' | 'full' | 'failed';

/** The time to list them all is taken from the event loop: some milliseconds each time that logs are kept. */
const MAX_FILES = 2000;

/**
 * Keeps logs on disk that could not be delivered, for this process or a later one to send.
 *
 * A file is written, and sent, under a name that says who holds it; to rename it is to take or give up
 * the hold, which only one process can do at a time. A process that is killed leaves a held file behind,
 * which others take over; if it had not been written to its end, its checksum tells.
 */
export class Spool {
  readonly #options: SpoolOptions;
  readonly #folder: SpoolFolder;
  readonly #holding = new Holding();
  readonly #digest: string;
  readonly #problems: SpoolProblems;
  /** Files that were there at the last look, the oldest at the end. */
  #known: SpoolName[] = [];

  constructor(options: SpoolOptions) {
    this.#options = options;
    this.#folder = new SpoolFolder(options.directory);
    this.#digest = digestOf(options);
    this.#problems = new SpoolProblems(this.#folder.path, options.tell);
  }

  /**
   * Writes all of these logs, or none, in files of at most 30 logs and about 1 MiB. To keep as many as there
   * is room for, give it one such batch at a time. Synchronous, for exit handlers; never throws.
   *
   * @param logs - filtered logs, the JSON of each as UTF-8.
   */
  keep(logs: readonly Buffer[]): Kept {
    if (logs.length === 0) return 'spooled';
    const bytes = logs.reduce((sum, log) => sum + log.length, 0);
    const held: SpoolName[] = [];
    try {
      const { maxBytes } = this.#options;
      const files = this.#look();
      const hasRoom = files.length < MAX_FILES && this.#folder.bytes(files) + bytes <= maxBytes;
      const isWritten = hasRoom && this.#writeAll(logs, held);
      // Others may have written meanwhile, having found the same room.
      if (!isWritten || this.#folder.bytes() > maxBytes) {
        this.#discard(held);
        this.#problems.full(maxBytes, MAX_FILES);
        return 'full';
      }
      for (const name of held) this.#publish(name);
      return 'spooled';
    } catch (error) {
      this.#discard(held);
      this.#problems.failed('Logs could not be kept, and are lost', error);
      return 'failed';
    }
  }

  #writeAll(logs: readonly Buffer[], held: SpoolName[]): boolean {
    for (const part of inFiles(logs)) {
      const content = encodeFile(part, this.#options);
      if (content.length > MAX_FILE_BYTES) return false;
      const name = { ...newName(this.#digest), state: this.#holding.fromNow() };
      held.push(name);
      this.#folder.write(name, content);
    }
    return true;
  }

  #publish(held: SpoolName): void {
    if (this.#folder.rename(held, { ...held, state: 'waiting' })) return;
    throw Object.assign(new Error('deleted while it was written'), { code: 'ENOENT' });
  }

  /**
   * Takes the oldest file of this key and server that nobody else holds. Never throws.
   *
   * @returns undefined if there is none.
   */
  take(): SpooledBatch | undefined {
    try {
      const batch = this.#takeFirst();
      if (batch !== undefined) return batch;
      this.#known = this.#look().reverse();
      return this.#takeFirst();
    } catch (error) {
      this.#problems.failed('Logs of earlier cannot be sent', error);
      return undefined;
    }
  }

  #takeFirst(): SpooledBatch | undefined {
    for (let name = this.#known.pop(); name !== undefined; name = this.#known.pop()) {
      const batch = this.#tryTake(name);
      if (batch !== undefined) return batch;
    }
    return undefined;
  }

  #tryTake(name: SpoolName): SpooledBatch | undefined {
    if (name.digest !== this.#digest || !this.#isFree(name)) return undefined;
    const age = this.#folder.ageOf(name);
    if (age === undefined || age > this.#options.maxAgeMillis) return undefined;
    const held = { ...name, state: this.#holding.fromNow() };
    try {
      if (!this.#folder.rename(name, held)) return undefined;
      const content = this.#folder.read(held);
      const logs = content && decodeFile(content, this.#options);
      if (logs !== undefined) return this.#batch(held, logs);
      this.#release(held, 'corrupt');
      this.#problems.damaged(fileName({ ...held, state: 'corrupt' }));
    } catch (error) {
      // What this process may not read, another one may.
      this.#release(held, 'waiting');
      this.#problems.failed('Logs of earlier cannot be sent', error);
    }
    return undefined;
  }

  #isFree({ state }: SpoolName): boolean {
    return typeof state === 'string' ? state === 'waiting' : this.#holding.isAbandoned(state);
  }

  #batch(held: SpoolName, logs: readonly Buffer[]): SpooledBatch {
    return {
      logs,
      delivered: () => {
        try {
          this.#folder.delete(held);
        } catch (error) {
          this.#problems.failed(
            'Logs that were sent cannot be deleted, and may be sent again',
            error,
          );
        }
      },
      putBack: () => {
        this.#release(held, 'waiting');
        // It may be the oldest again.
        this.#known = [];
      },
      setAside: () => this.#release(held, 'rejected'),
    };
  }

  #release(held: SpoolName, state: 'waiting' | 'corrupt' | 'rejected'): void {
    try {
      this.#folder.rename(held, { ...held, state });
    } catch (error) {
      this.#problems.failed('A file of logs cannot be renamed', error);
    }
  }

  #discard(held: readonly SpoolName[]): void {
    for (const name of held) {
      try {
        this.#folder.delete(name);
      } catch {
        // What is left of it is found by others when this process has ended.
      }
    }
  }

  /** All files, oldest first, without those that are too old now: they are deleted. */
  #look(): SpoolName[] {
    this.#folder.open();
    let deleted = 0;
    const names = this.#folder.list().filter((name) => {
      const isInUse = typeof name.state !== 'string' && !this.#isFree(name);
      // Whatever its key: who has spooled it may never come back.
      if (isInUse || !this.#isOld(name) || !this.#delete(name)) return true;
      deleted++;
      return false;
    });
    if (deleted > 0) this.#problems.deleted(deleted, this.#options.maxAgeMillis);
    return names;
  }

  #delete(name: SpoolName): boolean {
    try {
      return this.#folder.delete(name);
    } catch (error) {
      this.#problems.failed('Old logs cannot be deleted', error);
      return false;
    }
  }

  #isOld(name: SpoolName): boolean {
    // Most are young by their name, and need not be looked at.
    const now = Date.now();
    if (name.time <= now && name.time >= now - this.#options.maxAgeMillis) return false;
    const age = this.#folder.ageOf(name);
    return age !== undefined && age > this.#options.maxAgeMillis;
  }
}
