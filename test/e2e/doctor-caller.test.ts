import { describe, expect, it } from 'vitest';
import { lines, useDoctor } from '../support/use-doctor';

const doctor = useDoctor('all tests');

/** Runs the doctor with this text as the module of the grouping function. */
function withModule(text: string, args: readonly string[] = [], path = './grouping.js') {
  doctor.project.write(path, text);
  return doctor.run({ README_GROUPING_FUNCTION: path }, args);
}

describe('what the grouping function says about a sample request is shown', () => {
  it('of the default one', async () => {
    expect((await doctor.run()).stdout).toContain(
      'ok    groupByApiKey says about a request with Authorization: Bearer and X-Api-Key: apiKey ******ctor (24 characters), label none, email none',
    );
  });

  it('label and email, and the key masked wherever it stands', async () => {
    const ran = await withModule(
      `export default async () => {
        await new Promise((resolve) => setTimeout(resolve, 10));
        return { apiKey: 'key-of-hedwig', label: 'Hedwig (key-of-hedwig)', email: 'hedwig@example.com' };
      };`,
      [],
      './grouping.mjs',
    );
    expect(ran.code).toBe(0);
    expect(ran.stdout).toContain(
      'apiKey ******dwig (13 characters), label "Hedwig (******)", email hedwig@example.com',
    );
    expect(ran.stdout).not.toContain('key-of-hedwig');
  });

  it('with the header fields that are given', async () => {
    const text = `module.exports = (request) =>
      ({ apiKey: request.headers['x-customer'], label: request.headers.accept });`;
    const without = await withModule(text);
    expect(without.code).toBe(1);
    expect(lines(without, 'fail')).toEqual([expect.stringContaining('an object without apiKey')]);
    const headers = ['--header', 'X-Customer: owl-17-secret', '--header', 'Accept: a/b'];
    const ran = await withModule(text, headers);
    expect(ran.code).toBe(0);
    expect(ran.stdout).toContain('label "a/b"');
    expect(ran.stdout).not.toContain('owl-17-secret');
  });

  it('null is a warning', async () => {
    const ran = await withModule('module.exports = () => null;');
    expect(ran.code).toBe(0);
    expect(lines(ran, 'warn')).toEqual([expect.stringContaining('gave null or undefined')]);
  });

  it('so are fields that are left out', async () => {
    const ran = await withModule(`module.exports = () => ({ apiKey: 1, label: 7, plan: 'gold' });`);
    expect(ran.code).toBe(0);
    expect(lines(ran, 'warn')).toEqual([
      expect.stringContaining('field "plan" is not one of apiKey, label and email'),
      expect.stringContaining('unusable label (number)'),
    ]);
  });
});

describe('a grouping function that cannot be used', () => {
  it.each([
    ['is no export of the module', './grouping.js#nobody', 'no function as its export "nobody"'],
    ['is of a package that is not installed', 'no-such-package#caller', '"no-such-package"'],
    [
      'is in a module that throws',
      './throws.js',
      'cannot be used, nothing is logged: Error: not today',
    ],
  ])('%s', async (_, value, message) => {
    doctor.project.write('grouping.js', 'exports.caller = () => null;');
    doctor.project.write('throws.js', `throw new Error('not today');`);
    const ran = await doctor.run({ README_GROUPING_FUNCTION: value });
    expect([ran.code, ran.stderr]).toEqual([1, '']);
    expect(lines(ran, 'fail')).toHaveLength(1);
    expect(lines(ran, 'fail')[0]).toContain(message);
  });

  it('has a promise that does not settle', async () => {
    const ran = await withModule('module.exports = () => new Promise(() => {});', [
      '--timeout',
      '200',
    ]);
    expect(ran.code).toBe(1);
    expect(lines(ran, 'fail')).toEqual([expect.stringContaining('did not settle within 200 ms')]);
  });

  it('throws what is no error', async () => {
    const ran = await withModule(`module.exports = () => { throw 'a secret'; };`);
    expect(lines(ran, 'fail')).toEqual([expect.stringContaining('threw a value of type string')]);
    expect(ran.stdout).not.toContain('a secret');
  });
});

describe('the module of the grouping function', () => {
  it('may keep the process alive: the doctor ends', async () => {
    const ran = await withModule(
      `setInterval(() => {}, 1000); module.exports = () => ({ apiKey: 'owl' });`,
    );
    expect(ran.code).toBe(0);
  });

  it('may throw later: the doctor says so', async () => {
    const ran = await withModule(
      `setImmediate(() => { throw new Error('no database'); });
       module.exports = () => new Promise(() => {});`,
    );
    expect([ran.code, ran.stderr]).toEqual([1, '']);
    expect(lines(ran, 'fail')).toEqual([expect.stringContaining('Error: no database')]);
    expect(ran.next).toContain('module of its own');
  });

  it('may end the process: the doctor says so', async () => {
    const ran = await withModule('process.exit(0);');
    expect(ran.code).toBe(1);
    expect(lines(ran, 'fail')).toEqual([expect.stringContaining('ended the process')]);
  });
});
