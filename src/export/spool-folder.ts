import {
  accessSync,
  constants,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  type Stats,
  unlinkSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { readWholeFile, writeNewFile } from './spool-file';
import { fileName, isSameFile, parseName, type SpoolName } from './spool-name';

/** Rounds of counting, while other processes give files new names. */
const MOST_COUNTS = 5;

/**
 * The spooled files of a directory, of all processes that share it. What has not a name of ours, or is no
 * regular file, is passed over: never read, counted, renamed or deleted.
 */
export class SpoolFolder {
  readonly path: string;

  constructor(directory: string) {
    // The working directory may be another one by the time that the process ends.
    this.path = resolve(directory);
  }

  /** @throws what Node.js throws if the directory cannot be made, or this process may not use it. */
  open(): void {
    mkdirSync(this.path, { recursive: true, mode: 0o700 });
    accessSync(this.path, constants.R_OK | constants.W_OK | constants.X_OK);
  }

  /** Oldest first. */
  list(): SpoolName[] {
    // All parts of a name up to the state have a fixed length.
    const names = readdirSync(this.path).sort();
    return names.map(parseName).filter((name) => name !== undefined);
  }

  bytes(): number {
    for (let counts = 1; ; counts++) {
      const { bytes, isSure } = this.#count();
      if (isSure || counts === MOST_COUNTS) return bytes;
    }
  }

  /** What is not found has been deleted, or has got another name after the directory was read. */
  #count(): { bytes: number; isSure: boolean } {
    let bytes = 0;
    let isSure = true;
    let before: SpoolName | undefined;
    for (const name of this.list()) {
      // Renamed while the directory was read, and so seen twice.
      if (before !== undefined && isSameFile(before, name)) continue;
      const status = this.#status(name);
      if (status === undefined) isSure = false;
      else if (status.isFile()) bytes += status.size;
      before = name;
    }
    return { bytes, isSure };
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
