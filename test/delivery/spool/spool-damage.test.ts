import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { decodeFile, encodeFile, inFiles } from '../../../src/delivery/spool/spool-file';
import {
  fileName,
  type Holder,
  parseName,
  type SpoolName,
} from '../../../src/delivery/spool/spool-name';
import {
  buffers,
  folderWith,
  namesIn,
  newFolder,
  openSpool,
  removeFolders,
  SPOOL_OPTIONS,
} from '../../support/spools';

afterEach(removeFolders);

const anyLog = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));
const anyLogs = fc.array(anyLog, { minLength: 1, maxLength: 40 });

describe('a damaged spool file', () => {
  it('is recognised wherever it was cut off', () => {
    const { folder, file } = folderWith('{"a":1}', '{"b":"é"}', '');
    const whole = readFileSync(file);
    for (let length = 0; length < whole.length; length++) {
      writeFileSync(file, whole.subarray(0, length));
      const { problems, takeTexts } = openSpool(folder);
      expect(takeTexts(), `${length} bytes`).toBeUndefined();
      expect(namesIn(folder)).toEqual([expect.stringMatching(/\.corrupt$/)]);
      expect(problems).toEqual([expect.stringMatching(/damaged .*\.corrupt in spoolDirectory/)]);
      renameSync(join(folder, namesIn(folder)[0] ?? ''), file);
    }
    writeFileSync(file, whole);
    expect(openSpool(folder).takeTexts()).toEqual(['{"a":1}', '{"b":"é"}', '']);
  });

  it('is recognised by any byte that is different, too many or missing', () => {
    fc.assert(
      fc.property(anyLogs, fc.nat(), fc.integer({ min: 1, max: 255 }), (logs, place, change) => {
        const whole = encodeFile(logs, SPOOL_OPTIONS);
        expect(decodeFile(whole, SPOOL_OPTIONS)).toEqual(logs);
        const at = place % whole.length;
        const changed = Buffer.from(whole);
        changed[at] = (whole[at] ?? 0) ^ change;
        const [before, after] = [whole.subarray(0, at), whole.subarray(at)];
        for (const damaged of [
          changed,
          before,
          Buffer.concat([before, Buffer.of(change), after]),
          Buffer.concat([before, after.subarray(1)]),
        ]) {
          if (damaged.equals(whole)) continue;
          expect(decodeFile(damaged, SPOOL_OPTIONS)).toBeUndefined();
        }
      }),
    );
  });

  it('is any content that was not written with the key', () => {
    const head = fc
      .tuple(
        fc.array(fc.nat({ max: 99_999_999 }), { maxLength: 5 }),
        fc.stringMatching(/^[0-9a-f]{64}$/),
      )
      .map(([lengths, sum]) => `readme-metrics-spool 1 0123456789abcdef ${lengths} ${sum}\n`);
    fc.assert(
      fc.property(fc.option(head), fc.uint8Array(), (start, rest) => {
        const content = Buffer.concat([Buffer.from(start ?? ''), rest]);
        expect(decodeFile(content, SPOOL_OPTIONS)).toBeUndefined();
      }),
    );
    const ofAnotherKey = encodeFile(buffers('a'), { ...SPOOL_OPTIONS, apiKey: 'rdme_other' });
    expect(decodeFile(ofAnotherKey, SPOOL_OPTIONS)).toBeUndefined();
  });

  it('does not stand in the way of the others', () => {
    const { folder, file } = folderWith('damaged');
    appendFileSync(file, 'more');
    const { spool, drain } = openSpool(folder);
    spool.keep(buffers('whole'));
    expect(drain()).toEqual(['whole']);
  });

  it('of endless size is not read', () => {
    const { folder, file } = folderWith('a');
    truncateSync(file, 1e12);
    const { takeTexts, spool } = openSpool(folder);
    expect(takeTexts()).toBeUndefined();
    expect(namesIn(folder)).toEqual([expect.stringMatching(/\.corrupt$/)]);
    expect(spool.keep(buffers('a'))).toBe('full');
  });
});

describe('what is in the directory besides', () => {
  it('is never touched if its name is not one of ours', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.string({ minLength: 1, maxLength: 60 }),
            fc.string({ maxLength: 20 }).map((end) => `readme-metrics-v1-${end}`),
            fc.constant(
              'readme-metrics-v2-0000000000001-0123456789abcdef-0123456789abcdef.waiting',
            ),
          ),
        ),
        (names) => {
          const folder = newFolder();
          for (const name of names) {
            if (/^\.{1,2}$|[/\0]/.test(name) || Buffer.byteLength(name) > 255) continue;
            writeFileSync(join(folder, name), 'foreign');
          }
          const before = namesIn(folder);
          const { spool, problems, drain } = openSpool(folder);
          expect(spool.keep(buffers('a'))).toBe('spooled');
          expect(drain()).toEqual(['a']);
          expect(openSpool(folder, { maxAgeMillis: -1 }).takeTexts()).toBeUndefined();
          expect(namesIn(folder)).toEqual(before);
          for (const name of before)
            expect(readFileSync(join(folder, name), 'utf8')).toBe('foreign');
          expect(problems).toEqual([]);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('is neither followed nor touched if it has a name of ours and is no file', () => {
    const { folder, file, name } = folderWith('a');
    const secret = join(newFolder(), 'secret');
    renameSync(file, secret);
    const nameOf = (id: number) => name.replace(/-[0-9a-f]{16}\./, `-000000000000000${id}.`);
    symlinkSync(secret, join(folder, nameOf(1)));
    mkdirSync(join(folder, nameOf(2)));
    execFileSync('mkfifo', [join(folder, nameOf(3))]);
    symlinkSync(join(folder, 'nowhere'), join(folder, nameOf(4)));
    const before = namesIn(folder);
    for (const maxAgeMillis of [SPOOL_OPTIONS.maxAgeMillis, -1]) {
      const { takeTexts, problems } = openSpool(folder, { maxAgeMillis });
      expect(takeTexts()).toBeUndefined();
      expect(problems).toEqual([]);
    }
    expect(namesIn(folder)).toEqual(before);
    expect(readlinkSync(join(folder, nameOf(1)))).toBe(secret);
    expect(decodeFile(readFileSync(secret), SPOOL_OPTIONS)).toEqual(buffers('a'));
  });
});

describe('names of spool files', () => {
  const hex = (digits: number) => fc.stringMatching(new RegExp(`^[0-9a-f]{${digits}}$`));
  const time = fc.nat({ max: 9_999_999_999_999 });
  const anyHolder: fc.Arbitrary<Holder> = fc.record({
    since: time,
    place: hex(8),
    pid: fc.nat({ max: 4_194_304 }),
    began: fc.stringMatching(/^\d{1,20}$/),
    spool: hex(8),
  });
  const anyName: fc.Arbitrary<SpoolName> = fc.record({
    time,
    digest: hex(16),
    id: hex(16),
    state: fc.oneof(fc.constantFrom('waiting', 'corrupt', 'rejected'), anyHolder),
  });

  it('say what was put into them, and sort by time', () => {
    fc.assert(
      fc.property(anyName, anyName, (one, other) => {
        expect(parseName(fileName(one))).toEqual(one);
        if (one.time < other.time) expect(fileName(one) < fileName(other)).toBe(true);
      }),
    );
  });
});

describe('logs in files', () => {
  it('are all there, in order, as many as go into one request', () => {
    const sized = fc.constantFrom(0, 1, 1000, 400_000, 1_048_576, 1_200_000);
    fc.assert(
      fc.property(fc.array(sized, { maxLength: 100 }), (sizes) => {
        const logs = sizes.map((size): Buffer => Buffer.alloc(size));
        const files = [...inFiles(logs)];
        // Not compared byte by byte, which takes minutes.
        const inOrder = files.flat().map((log) => logs.indexOf(log));
        expect(inOrder).toEqual([...logs.keys()]);
        for (const file of files) {
          const bytes = file.reduce((sum, log) => sum + log.length, 0);
          expect(file.length === 1 || (file.length <= 30 && bytes <= 1_048_576)).toBe(true);
          expect(file.length).toBeGreaterThan(0);
        }
      }),
      { numRuns: 30 },
    );
  });
});
