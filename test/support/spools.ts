import { lstatSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Spool, type SpoolOptions } from '../../src/delivery/spool/spool';

const folders: string[] = [];

/** A directory for files of a test, which `removeFolders` deletes. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'readme-spool-'));
  folders.push(folder);
  return folder;
}

export function removeFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

export const SPOOL_OPTIONS = {
  maxBytes: 10_000_000,
  maxAgeMillis: 3_600_000,
  apiKey: 'rdme_the-project-key',
  lists: '[]',
  metricsServer: 'https://metrics.readme.io',
} as const;

export interface TestSpool {
  readonly spool: Spool;
  readonly problems: string[];
  /** The logs of the oldest file as text; it stays held. */
  takeTexts(): string[] | undefined;
  /** Every text that it can take, each file delivered. */
  drain(): string[];
}

export function openSpool(directory: string, options: Partial<SpoolOptions> = {}): TestSpool {
  const problems: string[] = [];
  const tell = (problem: string) => problems.push(problem);
  const spool = new Spool({ ...SPOOL_OPTIONS, directory, tell, ...options });
  const take = () => {
    const batch = spool.take();
    return batch && { batch, texts: batch.logs.map(String) };
  };
  return {
    spool,
    problems,
    takeTexts: () => take()?.texts,
    drain() {
      const texts: string[] = [];
      for (let taken = take(); taken !== undefined; taken = take()) {
        texts.push(...taken.texts);
        taken.batch.delivered();
      }
      return texts;
    },
  };
}

export function buffers(...texts: string[]): Buffer[] {
  return texts.map((text) => Buffer.from(text));
}

/** All names in a directory, in order. */
export function namesIn(directory: string): string[] {
  return readdirSync(directory).sort();
}

export function bytesIn(directory: string): number {
  const sizes = namesIn(directory).map((name) => lstatSync(join(directory, name)).size);
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** A directory with one waiting file of these logs, and that file. */
export function folderWith(...texts: string[]): { folder: string; file: string; name: string } {
  const folder = newFolder();
  openSpool(folder).spool.keep(buffers(...texts));
  const [name = ''] = namesIn(folder);
  return { folder, name, file: join(folder, name) };
}
