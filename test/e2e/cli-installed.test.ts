import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { VERSION } from '../../src/version';
import { INSTALL_TIMEOUT, packedProject } from '../support/packed-project';
import { runToEnd } from '../support/spawned-app';

let cwd: string;
beforeAll(async () => {
  cwd = await packedProject();
}, INSTALL_TIMEOUT);

it('npm installs the command, and npx runs it', async () => {
  const args = ['--no-install', 'readme-metrics-opentelemetry', '--version'];
  expect(await runToEnd(args, { cwd }, 'npx')).toMatchObject({ code: 0, stdout: `${VERSION}\n` });
});

it('node runs what npm has put into .bin', async () => {
  const bin = join('node_modules', '.bin', 'readme-metrics-opentelemetry');
  const ran = await runToEnd([bin, 'doctor'], { cwd });
  expect(ran.code).toBe(1);
  expect(ran.stdout).toContain('README_API_KEY is not set');
});

it('the doctor finds a copy that is installed under another name', async () => {
  const bin = join('node_modules', '.bin', 'readme-metrics-opentelemetry');
  const env = { README_API_KEY: 'some-key', README_METRICS_SERVER: 'http://127.0.0.1:9' };
  const ran = await runToEnd([bin, 'doctor'], { cwd, env });
  expect(ran.stdout).toMatch(
    /2 copies of readme-metrics-opentelemetry: \S+ in node_modules\/readme-metrics-opentelemetry, \S+ in node_modules\/second-copy/,
  );
});
