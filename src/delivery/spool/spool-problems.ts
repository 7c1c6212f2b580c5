import { codeOrNameOf } from '../../options/name-of';

const FREE_SPACE = 'Free some space on its disk, or name a directory on another one.';
const LET_WRITE = 'Let this process read and write it, or name a directory that it may use.';
const NO_DIRECTORY = 'It, or a part of its path, is not a directory: name one.';

const ADVICE: Record<string, string> = {
  ENOSPC: FREE_SPACE,
  EDQUOT: FREE_SPACE,
  EFBIG: FREE_SPACE,
  EACCES: LET_WRITE,
  EPERM: LET_WRITE,
  EROFS: LET_WRITE,
  ENOTDIR: NO_DIRECTORY,
  EEXIST: NO_DIRECTORY,
  OTHERS_MAY_WRITE:
    'Other users could have logs of theirs sent: make it writable for its owner alone (chmod go-w), or name a directory in it, which is made so.',
};

/** Words for what a person must know: what failed, with which setting, and what to do. Never throws. */
export class SpoolProblems {
  readonly #where: string;
  readonly #tell: (problem: string) => void;
  readonly #told = new Set<string>();

  constructor(directory: string, tell: (problem: string) => void) {
    this.#where = `spoolDirectory (${directory})`;
    this.#tell = tell;
  }

  /** Messages of exceptions are left out: nobody knows what is in them. */
  failed(what: string, error: unknown): void {
    const code = codeOrNameOf(error);
    const advice = ADVICE[code] ?? 'Check that directory, or name another one.';
    this.#once(`${what}: ${this.#where} cannot be used (${code}). ${advice}`);
  }

  full(maxBytes: number, maxFiles: number): void {
    this.#once(
      `Logs could not be kept, and are lost: ${this.#where} is full, it may hold ${maxBytes} bytes in ${maxFiles} files. See why logs are not delivered, or let it hold more.`,
    );
  }

  damaged(file: string): void {
    this.#safely(
      `A file of logs is damaged and is not sent. It is now ${file} in ${this.#where}, and can be deleted.`,
    );
  }

  deleted(files: number, maxAgeMillis: number): void {
    this.#safely(
      `Logs were not sent in time: ${files} files in ${this.#where} were older than ${maxAgeMillis} ms and have been deleted. See why logs are not delivered.`,
    );
  }

  #once(problem: string): void {
    if (this.#told.has(problem)) return;
    this.#told.add(problem);
    this.#safely(problem);
  }

  #safely(problem: string): void {
    try {
      this.#tell(problem);
    } catch {
      // Who cannot listen must not keep an exit handler from its work.
    }
  }
}
