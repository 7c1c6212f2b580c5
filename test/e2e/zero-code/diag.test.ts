import { beforeAll, describe, expect, it } from 'vitest';
import { BUFFERED } from '../../support/exit-app';
import { helloApp, useZeroCode } from '../../support/zero-code';

const zeroCode = useZeroCode('diag');

/** Sets a logger of its own, as an SDK does, before or after the first request. */
const OWN_LOGGER = `
const { diag, DiagLogLevel } = require('@opentelemetry/api');
const say = (text) => console.log('own logger: ' + text);
const setOwn = () => diag.setLogger({ error: say, warn: say, info: say, debug: say, verbose: say }, DiagLogLevel.ALL);`;

beforeAll(() => {
  zeroCode.write('hello.cjs', helloApp('cjs'));
  zeroCode.write('before.cjs', helloApp('cjs', `${OWN_LOGGER} setOwn();`));
  zeroCode.write(
    'after.cjs',
    helloApp('cjs', `${OWN_LOGGER} server.once('request', (request, response) => setOwn());`),
  );
});

async function printedBy(file: string, OTEL_LOG_LEVEL: string | undefined) {
  const level = OTEL_LOG_LEVEL === undefined ? {} : { OTEL_LOG_LEVEL };
  const app = await zeroCode.start(file, {
    env: { ...BUFFERED, ...level },
    metrics: { status: 400 },
  });
  await app.get('/');
  await app.end();
  return { stdout: app.stdout, stderr: app.stderr };
}

const STARTED = /readme-metrics-opentelemetry \d\S+ logs the HTTP requests of this process/;
const REJECTED = /readme-metrics-opentelemetry: logs were not delivered: HTTP 400/;
const DETAIL = /readme-metrics-opentelemetry: 1 logs lost: HTTP 400/;

describe.concurrent('without an SDK, OTEL_LOG_LEVEL shows diag on the standard error', () => {
  it.each([
    ['debug', [STARTED, REJECTED, DETAIL]],
    ['VERBOSE', [STARTED, REJECTED, DETAIL]],
    ['ALL', [STARTED, REJECTED, DETAIL]],
    ['INFO', [STARTED, REJECTED]],
    ['warn', [REJECTED]],
    ['error', []],
    ['NONE', []],
    ['loud', []],
    ['', []],
    [undefined, []],
  ])('%s', async (level, expected) => {
    const { stdout, stderr } = await printedBy('hello.cjs', level);
    const shown = [STARTED, REJECTED, DETAIL].filter((line) => line.test(stderr));
    expect(shown).toEqual(expected);
    expect(stdout).not.toMatch(/readme-metrics/);
    // README_LOGS_LOST at the end is a warning, and no part of diag.
    const rest = stderr
      .split('\n')
      .filter((line) => !/ReadmeMetricsWarning|trace-warnings/.test(line));
    if (expected.length === 0) expect(rest.join('')).toBe('');
  });
});

describe.concurrent('where a logger is set, it alone gets the messages, and none that it replaces another', () => {
  it('before anything is logged', async () => {
    const { stdout, stderr } = await printedBy('before.cjs', 'debug');
    expect(stdout).toMatch(REJECTED);
    expect(stderr).not.toMatch(/: logs were not delivered: HTTP 400\n/);
    expect(stdout + stderr).not.toMatch(/overwr/);
  });

  it('later', async () => {
    const { stdout, stderr } = await printedBy('after.cjs', 'debug');
    expect(stderr).toMatch(STARTED);
    expect(stdout).toMatch(REJECTED);
    expect(stderr).not.toMatch(DETAIL);
    expect(stdout + stderr).not.toMatch(/overwr/);
  });
});
