import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a paste does in a shell. */
export interface Pasted {
  /** Of curl; undefined when it was not run. */
  args: string[] | undefined;
  /** What curl could read, where its arguments ask for it. */
  stdin: Buffer;
  /** Whether the text ran another command, `pwned`. */
  ranOther: boolean;
}

/** Every shell that the text is promised to be safe in, and how to have no settings of the user's in it. */
const SHELLS = {
  sh: [],
  dash: [],
  bash: ['--norc', '--noprofile'],
  zsh: ['-f'],
} as const;
export type ShellName = keyof typeof SHELLS;
export const SHELL_NAMES = Object.keys(SHELLS) as ShellName[];

/** Stands in for curl: it writes down what it was given. */
const RECORDER = `#!/bin/sh
printf '%s\\0' "$@" > "$PLACE/args"
case "$*" in *@-*) cat > "$PLACE/stdin";; esac
`;

/** Whether the machine has a shell. Without it its tests are skipped; this says so. */
export function hasShell(shell: ShellName): boolean {
  const there = pathOf(shell) !== undefined;
  if (!there) console.warn(`No ${shell} on this machine: tests in it are skipped.`);
  return there;
}

function pathOf(program: string): string | undefined {
  const folders = (process.env.PATH ?? '').split(':');
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path));
}

/** A folder whose programs are the only ones that a pasted text can run. Close it. */
export class Terminal {
  readonly folder = mkdtempSync(join(tmpdir(), 'readme-shells-'));

  constructor() {
    writeFileSync(join(this.folder, 'curl'), RECORDER, { mode: 0o755 });
    writeFileSync(join(this.folder, 'pwned'), '#!/bin/sh\n: > "$PLACE/ran"\n', { mode: 0o755 });
    for (const program of ['cat', 'base64']) {
      symlinkSync(pathOf(program) as string, join(this.folder, program));
    }
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Runs a text as a script, or line by line as what a person pastes: then there is history expansion. */
  paste(shell: ShellName, text: string, how: 'script' | 'typed' = 'script'): Pasted {
    for (const name of ['args', 'stdin', 'ran']) rmSync(join(this.folder, name), { force: true });
    const script = join(this.folder, 'script');
    // As an argument it could not be longer than 128 KiB.
    writeFileSync(script, text);
    const options = {
      cwd: this.folder,
      env: { PATH: this.folder, PLACE: this.folder, HOME: this.folder, LC_ALL: 'C.UTF-8' },
      input: how === 'script' ? '' : `${text}\n`,
      // With job control a shell would take the terminal of the test run. Node.js has it, its types have not.
      detached: true,
      timeout: 60_000,
    };
    spawnSync(
      pathOf(shell) as string,
      [...SHELLS[shell], how === 'script' ? script : '-i'],
      options,
    );
    const args = this.#read('args')?.toString('latin1').split('\0').slice(0, -1);
    return {
      args: args?.map((arg) => Buffer.from(arg, 'latin1').toString('utf8')),
      stdin: this.#read('stdin') ?? Buffer.alloc(0),
      ranOther: this.#read('ran') !== undefined,
    };
  }

  #read(name: string): Buffer | undefined {
    const path = join(this.folder, name);
    return existsSync(path) ? readFileSync(path) : undefined;
  }
}
