import { beforeAll, expect, it } from 'vitest';
import { until } from '../../support/patience';
import { FORMATS, LISTEN, program, useZeroCode } from '../../support/zero-code';

const zeroCode = useZeroCode('second-observer');

const IMPORTS = { http: 'createServer', 'readme-metrics-opentelemetry': 'ReadmeInstrumentation' };

beforeAll(() => {
  for (const format of FORMATS) {
    const app = `
    new ReadmeInstrumentation({ denylist: ['password'] });
    const server = createServer((request, response) => response.end('ok'));
    ${LISTEN}`;
    zeroCode.write(`app.${format}`, program(format, IMPORTS, app));
  }
});

it.each(FORMATS)(
  'register with another denylist than the code has (%s): nothing leaves, and one warning says why',
  async (format) => {
    const env = { README_BUFFER_LENGTH: '1', README_DENYLIST: 'card' };
    const app = await zeroCode.start(`app.${format}`, { env });
    for (let count = 0; count < 3; count++)
      expect((await app.get('/?password=SECRETV')).body).toBe('ok');
    await until(() => app.stderr.includes('README_LISTS_DIFFER'));
    expect(await app.end()).toBe(143);
    expect(app.metrics.requests).toEqual([]);
    expect(app.stderr.split('README_LISTS_DIFFER')).toHaveLength(2);
  },
);

it.each(['', 'password'])(
  'register with no more to hide than the code: each request is logged once, without what the code hides (README_DENYLIST=%s)',
  async (denylist) => {
    const env = { README_BUFFER_LENGTH: '1', README_DENYLIST: denylist };
    const app = await zeroCode.start('app.cjs', { env });
    expect((await app.get('/?password=SECRETV')).body).toBe('ok');
    await until(() => app.metrics.logs.length > 0);
    expect(await app.end()).toBe(143);
    expect(app.metrics.logs).toHaveLength(1);
    expect(JSON.stringify(app.metrics.logs)).not.toContain('SECRETV');
    expect(app.stderr).not.toContain('ReadmeMetricsWarning');
  },
);
