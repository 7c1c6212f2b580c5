import { beforeAll, expect, it } from 'vitest';
import { loggedApp, printed } from '../../support/logged-app';
import { FORMATS, useZeroCode } from '../../support/zero-code';

const zeroCode = useZeroCode('permission');
const known = process.allowedNodeEnvironmentFlags;
const FLAGS = [
  known.has('--permission') ? '--permission' : '--experimental-permission',
  '--allow-fs-read=*',
  ...(known.has('--allow-net') ? ['--allow-net'] : []),
];

beforeAll(() => {
  for (const format of FORMATS) zeroCode.write(`app.${format}`, loggedApp(format));
});

async function run(flags: string[], file: string) {
  const metrics = await zeroCode.metricsServer();
  const ran = await zeroCode.run([...flags, file], {
    README_API_KEY: 'key-of-tests',
    README_METRICS_SERVER: metrics.url,
  });
  return { ...ran, ...printed(ran.stdout) };
}

it.each(FORMATS)(
  'without --allow-worker one warning names it, and logs arrive: %s',
  async (format) => {
    const ran = await run(FLAGS, `app.${format}`);
    expect(ran).toMatchObject({ delivered: 1, dropped: {}, workers: 0 });
    const warnings = ran.stderr.split('\n').filter((line) => line.includes('README_'));
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/README_WORKER_UNAVAILABLE.*permission model.*--allow-worker/);
  },
);

it.each(FORMATS)('with --allow-worker the worker starts: %s', async (format) => {
  const ran = await run([...FLAGS, '--allow-worker'], `app.${format}`);
  expect(ran).toMatchObject({ delivered: 1, dropped: {}, workers: 1 });
  expect(ran.stderr).not.toMatch(/README_/);
});
