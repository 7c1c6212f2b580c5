import {
  accessSync,
  constants,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  type Stats,
  statSync,
  unlinkSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { readWholeFile, writeNewFile } from './spool-file';
import { fileName, isSameFile, parseName, type SpoolName } from './spool-name';
import { isWritableByOthers } from './writable-by-others';

/** Rounds of counting, while other processes give files new names. */
const MOST_COUNTS = 5;

/**
 * The spooled files of a directory, of all processes that share it. What has not a name of ours, or is no
 * regular file, is passed over: never read, counted, renamed or deleted.
 */
export class SpoolFolder {
  readonly path: string;
  #sizes: ReadonlyMap<string, number> = new Map();

  constructor(directory: string) {
    // The working directory may be another one by the time that the process ends.
    this.path = resolve(directory);
  }

  /**
   * @throws what Node.js throws if the directory cannot be made, or this process may not use it; an error with
   * the code `OTHERS_MAY_WRITE` if others may.
   */
  open(): void {
    makeDirectory(this.path);
    if (isWritableByOthers(statSync(this.path))) {
      throw Object.assign(new Error('others may write'), { code: 'OTHERS_MAY_WRITE' });
    }
    accessSync(this.path, constants.R_OK | constants.W_OK | constants.X_OK);
  }

  /** Oldest first. */
  list(): SpoolName[] {
    // All parts of a name up to the state have a fixed length.
    const names = readdirSync(this.path).sort();
    return names.map(parseName).filter((name) => name !== undefined);
  }

  /** Bytes of all files; of these, if they have just been listed. */
  bytes(listed = this.list()): number {
    let names = listed;
    for (let counts = 1; ; counts++) {
      const { bytes, isSure } = this.#count(names);
      if (isSure || counts === MOST_COUNTS) return bytes;
      names = this.list();
    }
  }

  /** What is not found has been deleted, or has got another name after the directory was read. */
  #count(names: readonly SpoolName[]): { bytes: number; isSure: boolean } {
    const sizes = new Map<string, number>();
    let bytes = 0;
    let isSure = true;
    let before: SpoolName | undefined;
    for (const name of names) {
      // Renamed while the directory was read, and so seen twice.
      if (before !== undefined && isSameFile(before, name)) continue;
      before = name;
      const size = this.#sizeOf(name);
      if (size === undefined) isSure = false;
      else {
        bytes += size;
        if (typeof name.state === 'string') sizes.set(name.id, size);
      }
    }
    this.#sizes = sizes;
    return { bytes, isSure };
  }

  #sizeOf(name: SpoolName): number | undefined {
    // Asking for each file each time is slow with thousands of them; only held ones grow.
    const known = typeof name.state === 'string' ? this.#sizes.get(name.id) : undefined;
    if (known !== undefined) return known;
    const status = this.#status(name);
    return status?.isFile() === false ? 0 : status?.size;
  }

  /** Milliseconds since the logs were spooled; `undefined` if that is no regular file (any more). */
  ageOf(name: SpoolName): number | undefined {
    const status = this.#status(name);
    if (!status?.isFile()) return undefined;
    const now = Date.now();
    // A time to come is from a clock that was wrong.
    return now - (name.time <= now ? name.time : status.mtimeMs);
  }

  write(name: SpoolName, content: Buffer): void {
    writeNewFile(this.#pathOf(name), content);
  }

  /** @returns undefined for what is no regular file, or larger than any of ours. */
  read(name: SpoolName): Buffer | undefined {
    return readWholeFile(this.#pathOf(name));
  }

  /** @returns false if the file is not there any more: somebody else was faster. */
  rename(from: SpoolName, to: SpoolName): boolean {
    return isThere(() => renameSync(this.#pathOf(from), this.#pathOf(to)));
  }

  /** @returns false if the file is not there any more: somebody else was faster. */
  delete(name: SpoolName): boolean {
    return isThere(() => unlinkSync(this.#pathOf(name)));
  }

  #status(name: SpoolName): Stats | undefined {
    return lstatSync(this.#pathOf(name), { throwIfNoEntry: false });
  }

  #pathOf(name: SpoolName): string {
    return join(this.path, fileName(name));
  }
}

function isThere(action: () => void): boolean {
  try {
    action();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/** Not by the option `recursive`: Node 20 tries for ever where an ancestor cannot be made, as below `/proc`. */
function makeDirectory(path: string): void {
  if (isDirectory(path)) return;
  const parent = dirname(path);
  if (parent !== path) makeDirectory(parent);
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Another process may have been faster.
    if (!isDirectory(path)) throw error;
  }
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
