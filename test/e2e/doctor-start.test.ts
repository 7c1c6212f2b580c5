import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { KEY } from '../support/doctor-project';
import { lines, useDoctor } from '../support/use-doctor';

const doctor = useDoctor('all tests');
const FLAG = '--require readme-metrics-opentelemetry/register';

describe('what starts the logging', () => {
  it('is found in NODE_OPTIONS, and does not log what the doctor does', async () => {
    const ran = await doctor.run({ NODE_OPTIONS: `--max-http-header-size=20000 ${FLAG}` });
    expect([ran.code, ran.stderr]).toEqual([0, '']);
    expect(ran.stdout).toContain('NODE_OPTIONS loads readme-metrics-opentelemetry/register');
    expect(ran.next).toContain('Next: Start your application, and');
    expect(doctor.metrics.logs).toEqual([]);
    expect(doctor.metrics.requests).toHaveLength(1);
  });

  it('is found on the command line of node, where the exit code is still that of the doctor', async () => {
    const ran = await doctor.run({ README_API_KEY: '' }, [], FLAG.split(' '));
    expect([ran.code, ran.stderr]).toEqual([1, '']);
    expect(ran.stdout).toContain('the command line of node loads');
    expect(doctor.metrics.requests).toEqual([]);
  });

  it('is found in a script of package.json', async () => {
    const { project } = doctor;
    project.write('package.json', JSON.stringify({ scripts: { start: `node ${FLAG} app.js` } }));
    const ran = await doctor.run();
    expect(ran.stdout).toContain('the script "start" of package.json loads');
    project.write('package.json', '{}');
  });

  it('is switched off by OTEL_SDK_DISABLED=true', async () => {
    const ran = await doctor.run({ OTEL_SDK_DISABLED: ' TRUE' });
    expect(ran.code).toBe(1);
    expect(lines(ran, 'fail')).toEqual([expect.stringContaining('OTEL_SDK_DISABLED=true')]);
    expect(ran.next).toContain('Remove OTEL_SDK_DISABLED');
    expect((await doctor.run({ OTEL_SDK_DISABLED: '1' })).code).toBe(0);
  });
});

it('reads what node reads from a file', async () => {
  const key = 'rdme_from_the_file_7777';
  doctor.project.write(
    '.env',
    `README_API_KEY=${key}\nREADME_DENYLIST=["password","**.card"]\nREADME_MAX_BODY_BYTES=1000\n`,
  );
  // An empty variable would win over the file.
  const ran = await doctor.project.run(
    ['doctor'],
    { README_API_KEY: undefined, README_METRICS_SERVER: doctor.metrics.url },
    ['--env-file=.env'],
  );
  expect(ran.code).toBe(0);
  expect(ran.stdout).not.toContain(key);
  expect(ran.stdout).toContain('apiKey = ******7777 (23 characters) (README_API_KEY)');
  expect(ran.stdout).toContain('denylist = password, **.card (README_DENYLIST)');
  expect(ran.stdout).toContain('maxBodyBytes = 1000 (README_MAX_BODY_BYTES)');
});

describe('variables that are not read as they were meant', () => {
  it('a misspelt one', async () => {
    const ran = await doctor.run({ README_TIMEOUT: '5', README_TEMPLATE: 'x' });
    expect(ran.code).toBe(0);
    expect(lines(ran, 'warn')).toEqual([
      'README_TIMEOUT is not read: did you mean README_TIMEOUT_MILLIS?',
    ]);
    expect(lines(ran, 'note')).toContain("README_TEMPLATE is none of this package's variables");
  });

  it('a misspelt list, without which nothing is logged', async () => {
    const ran = await doctor.run({ README_DENY_LIST: 'password' });
    expect(ran.code).toBe(1);
    expect(lines(ran, 'fail')).toEqual([
      'README_DENY_LIST is not read: did you mean README_DENYLIST? Until then nothing is logged.',
    ]);
    expect(ran.stdout).toContain('Rename README_DENY_LIST to README_DENYLIST, or remove it.');
  });

  it('quotes that are part of the value', async () => {
    const ran = await doctor.run({ README_API_KEY: `"${KEY}"` });
    expect(lines(ran, 'warn')).toEqual([
      expect.stringContaining('the quotes around README_API_KEY'),
    ]);
    expect(ran.stdout).not.toContain(KEY);
  });

  it('no list, which is a note', async () => {
    const note = expect.stringContaining('no list is set');
    expect(lines(await doctor.run(), 'note')).toContainEqual(note);
    for (const variable of ['README_DENYLIST', 'README_ALLOWLIST']) {
      const ran = await doctor.run({ [variable]: 'name' });
      expect(lines(ran, 'note')).not.toContainEqual(note);
    }
    const ran = await doctor.run({ README_DENYLIST: '@credentials,ssn' });
    expect(ran.stdout).toContain('denylist = @credentials, ssn (README_DENYLIST)');
  });

  it('both lists', async () => {
    const ran = await doctor.run({ README_DENYLIST: 'card', README_ALLOWLIST: 'name' });
    expect(lines(ran, 'warn')).toEqual([expect.stringContaining('the denylist alone counts')]);
  });
});

it('a dry run needs no key, and no server is asked', async () => {
  const ran = await doctor.run({ README_API_KEY: '', README_DRY_RUN: 'true' });
  expect([ran.code, lines(ran, 'fail'), lines(ran, 'warn')]).toEqual([0, [], []]);
  expect(ran.stdout).toContain('dryRun = true (README_DRY_RUN)');
  expect(doctor.metrics.requests).toEqual([]);
  expect(ran.next).toContain('README_DRY_RUN');
});

it('a spool directory that cannot be one is a failure, and none is made', async () => {
  const ran = await doctor.run({ README_SPOOL_DIRECTORY: './package.json/spool' });
  expect(ran.code).toBe(1);
  expect(lines(ran, 'fail')).toEqual([expect.stringContaining('README_SPOOL_DIRECTORY')]);
  expect((await doctor.run({ README_SPOOL_DIRECTORY: './not/yet' })).code).toBe(0);
  expect(existsSync(join(doctor.project.folder, 'not'))).toBe(false);
});

it('a spool directory that others may write to is a failure', async () => {
  const ran = await doctor.run({ README_SPOOL_DIRECTORY: '/tmp' });
  expect(ran.code).toBe(1);
  expect(lines(ran, 'fail')).toEqual([
    'README_SPOOL_DIRECTORY is not used: others may write to /tmp',
  ]);
});

it('a password in a URL is not shown', async () => {
  const ran = await doctor.run({
    README_METRICS_SERVER: 'https://owl:hedwig-7@metrics.example.com',
    README_BASE_LOG_URL: 'https://docs.example.com/?token=errol-8',
  });
  expect(ran.code).toBe(1);
  expect(lines(ran, 'fail')).toHaveLength(2);
  expect(ran.stdout).not.toMatch(/hedwig-7|errol-8/);
});

it('--json gives the same as data', async () => {
  doctor.project.write(
    'loud.js',
    `console.log('I am loud'); module.exports = () => ({ apiKey: '${KEY}', label: 'Owl' });`,
  );
  const ran = await doctor.run({ README_GROUPING_FUNCTION: './loud.js' }, ['--json']);
  expect(ran.code).toBe(0);
  const report = JSON.parse(ran.stdout);
  expect(report).toMatchObject({ version: '0.1.0', folder: doctor.project.folder, ok: true });
  expect(report.checks).toContainEqual({
    topic: 'Settings',
    verdict: 'ok',
    text: 'bufferLength = 10 (default)',
  });
  expect(report.next).toContain('start your application'.slice(1));
  expect(ran.stderr).toContain('I am loud');
});
