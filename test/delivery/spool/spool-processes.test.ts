import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  buffers,
  bytesIn,
  namesIn,
  newFolder,
  openSpool,
  removeFolders,
  SPOOL_OPTIONS,
} from '../../support/spools';

// Within the project, so that its dependencies are found.
const compiled = resolve(`node_modules/.cache/spool-${process.pid}`);
const running = new Set<ChildProcess>();

beforeAll(() => {
  const options =
    '--ignoreConfig --strict --skipLibCheck --target es2022 --lib es2023 --types node --module node16';
  execFileSync(process.execPath, [
    resolve('node_modules/typescript/bin/tsc'),
    ...options.split(' '),
    ...['--outDir', compiled, 'src/delivery/spool/spool.ts'],
  ]);
});

afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
  removeFolders();
});

afterAll(() => rmSync(compiled, { recursive: true, force: true }));

/** What each program begins with: a spool, and say(), which has arrived when it returns. */
const BEGINNING = `
const { existsSync, writeSync } = require('node:fs');
const { Spool } = require(process.env.SPOOL);
const say = (...words) => writeSync(1, words.join(' ') + '\\n');
const tell = (problem) => say('problem', problem);
const options = { ...JSON.parse(process.env.OPTIONS), tell };
const spool = new Spool(options);
`;

function run(program: string, directory: string, options: { maxBytes?: number } = {}, shell = '') {
  const env = {
    ...process.env,
    NODE_OPTIONS: '',
    SPOOL: `${compiled}/delivery/spool/spool.js`,
    OPTIONS: JSON.stringify({ ...SPOOL_OPTIONS, directory, ...options }),
    PROGRAM: BEGINNING + program,
  };
  const command = `${shell} exec "${process.execPath}" -e "$PROGRAM"`;
  const child = spawn('/bin/sh', ['-c', command], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  running.add(child);
  const output = text(child.stdout);
  const lines = output.then((all) => all.split('\n').filter((line) => line !== ''));
  const exit = once(child, 'close').finally(() => running.delete(child));
  return { child, lines, exit };
}

/** Words that stand behind this one, one a line. */
function said(lines: readonly string[], word: string): string[] {
  return lines.flatMap((line) =>
    line.startsWith(`${word} `) ? [line.slice(word.length + 1)] : [],
  );
}

const inOrder = (texts: readonly string[]) => [...texts].sort();

describe('several processes with one spool directory', () => {
  it('deliver each log exactly once, while all of them keep and take at the same time', async () => {
    const folder = newFolder();
    const program = `
      let next = 0;
      const log = () => 'log-' + process.pid + '-' + next++;
      say('ready');
      while (!existsSync(process.env.GO)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
      for (let round = 0; round < 60; round++) {
        const logs = Array.from({ length: 1 + Math.floor(Math.random() * 40) }, log);
        if (spool.keep(logs.map((text) => Buffer.from(text))) !== 'spooled') continue;
        for (const text of logs) say('kept', text);
        for (let takes = Math.random() * 5; takes > 0; takes--) {
          const batch = spool.take();
          if (batch === undefined) break;
          if (Math.random() < 0.3) { batch.putBack(); continue; }
          for (const log of batch.logs) say('sent', log);
          batch.delivered();
        }
      }`;
    const go = join(newFolder(), 'go');
    process.env.GO = go;
    const processes = Array.from({ length: 6 }, () => run(program, folder));
    await Promise.all(processes.map(({ child: { stdout } }) => stdout && once(stdout, 'data')));
    writeFileSync(go, '');
    const lines = (await Promise.all(processes.map(({ lines }) => lines))).flat();
    const rest = openSpool(folder);
    const sent = [...said(lines, 'sent'), ...rest.drain()];
    expect(said(lines, 'kept').length).toBeGreaterThan(1000);
    expect(inOrder(sent)).toEqual(inOrder(said(lines, 'kept')));
    expect(said(lines, 'problem')).toEqual([]);
    expect(rest.problems).toEqual([]);
    expect(namesIn(folder)).toEqual([]);
  });

  it('together never keep more than maxBytes', async () => {
    const folder = newFolder();
    const program = `
      for (let index = 0; index < 200; index++) {
        const log = process.pid + '-' + index + 'x'.repeat(Math.random() * 2000);
        say(spool.keep([Buffer.from(log)]), log);
      }`;
    const processes = Array.from({ length: 4 }, () => run(program, folder, { maxBytes: 100_000 }));
    const lines = (await Promise.all(processes.map(({ lines }) => lines))).flat();
    expect(bytesIn(folder)).toBeLessThanOrEqual(100_000);
    expect(bytesIn(folder)).toBeGreaterThan(90_000);
    expect(said(lines, 'full').length).toBeGreaterThan(100);
    expect(inOrder(openSpool(folder).drain())).toEqual(inOrder(said(lines, 'spooled')));
  });

  it('take over at once what a process that was killed held, and not before', async () => {
    const folder = newFolder();
    openSpool(folder).spool.keep(buffers('a'));
    const program = `say('took', spool.take().logs); setInterval(() => {}, 1000);`;
    const { child, lines, exit } = run(program, folder);
    await once(child.stdout, 'data');
    const { takeTexts } = openSpool(folder);
    expect(takeTexts()).toBeUndefined();
    child.kill('SIGKILL');
    await exit;
    expect(said(await lines, 'took')).toEqual(['a']);
    expect(takeTexts()).toEqual(['a']);
  });

  it('lose nothing that was kept, and send nothing torn, whenever a process is killed', async () => {
    const program = `
      for (let index = 0; ; index++) {
        const log = index + '-' + 'x'.repeat(300_000);
        say('trying', index);
        if (spool.keep([Buffer.from(log), Buffer.from(log)]) === 'spooled') say('kept', index);
      }`;
    for (let round = 0; round < 8; round++) {
      const folder = newFolder();
      const { child, lines, exit } = run(program, folder, { maxBytes: 1e9 });
      await once(child.stdout, 'data');
      await sleep(Math.random() * 60);
      child.kill('SIGKILL');
      await exit;
      const { drain, problems } = openSpool(folder, { maxBytes: 1e9 });
      const texts = drain();
      for (const log of texts) expect(log.length - log.indexOf('-')).toBe(300_001);
      const sent = texts.map((log) => log.slice(0, log.indexOf('-')));
      const kept = said(await lines, 'kept').flatMap((index) => [index, index]);
      const tried = said(await lines, 'trying').flatMap((index) => [index, index]);
      // What was under way when it was killed is there as a whole, or set aside as damaged.
      expect(tried.slice(0, sent.length)).toEqual(sent);
      expect(sent.slice(0, kept.length)).toEqual(kept);
      expect(namesIn(folder)).toHaveLength(problems.length);
      expect(problems.length).toBeLessThanOrEqual(1);
    }
  });

  it('keep logs in an exit handler, also after an exception', async () => {
    const folder = newFolder();
    const program = `
      process.on('exit', () => spool.keep([Buffer.from('last words')]));
      process.on('uncaughtException', () => process.exit(1));
      setTimeout(() => { throw new Error(); });`;
    await run(program, folder).exit;
    expect(openSpool(folder).drain()).toEqual(['last words']);
  });
});

describe('a directory that cannot take logs', () => {
  const program = `
    say('small', spool.keep([Buffer.from('small')]));
    for (let index = 0; index < 3; index++) say('large', spool.keep([Buffer.alloc(90_000, 'x')]));
    say('then', spool.take().logs);`;

  async function expectToSurvive(folder: string, shell: string, code: string): Promise<void> {
    const { lines } = run(program, folder, {}, shell);
    expect(said(await lines, 'small')).toEqual(['spooled']);
    expect(said(await lines, 'large')).toEqual(['failed', 'failed', 'failed']);
    expect(said(await lines, 'then')).toEqual(['small']);
    const problems = said(await lines, 'problem');
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`spoolDirectory (${folder}) cannot be used (${code}). Free some`);
  }

  it('since a file may not grow leaves no part of a file', async () => {
    const folder = newFolder();
    // Blocks of 512 bytes, or 1024 in some shells.
    await expectToSurvive(folder, 'ulimit -f 40;', 'EFBIG');
    expect(namesIn(folder)).toHaveLength(1);
  });

  it('since its disk is full leaves no part of a file', async () => {
    const folder = newFolder();
    const disk = smallDisk(folder);
    try {
      await expectToSurvive(folder, disk.limit, disk.code);
      expect(namesIn(folder)).toHaveLength(1);
    } finally {
      disk.remove();
    }
  });

  it('since it may not be written is told of, at the first look already', async () => {
    const folder = newFolder();
    mkdirSync(`${folder}/given`, { mode: 0o555 });
    // Root may do everything.
    const program = `
      process.getuid() === 0 && process.setuid(65534);
      say('took', spool.take());
      say('kept', spool.keep([Buffer.from('a')]));`;
    const directory = `${folder}/given`;
    execFileSync('chmod', ['755', folder]);
    const lines = await run(program, directory).lines;
    expect(said(lines, 'kept')).toEqual(['failed']);
    const problems = said(lines, 'problem');
    expect(problems).toHaveLength(2);
    for (const problem of problems) {
      expect(problem).toContain(`spoolDirectory (${directory}) cannot be used (EACCES). Let this`);
    }
  });
});

/** A disk of 64 KiB where one can be mounted (by root, on Linux), else a limit for files. */
function smallDisk(folder: string): { limit: string; code: string; remove: () => void } {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k,mode=700', 'tmpfs', folder], {
      stdio: 'ignore',
    });
  } catch {
    return { limit: 'ulimit -f 40;', code: 'EFBIG', remove: () => {} };
  }
  const remove = () => execFileSync('umount', [folder]);
  return { limit: '', code: 'ENOSPC', remove };
}
