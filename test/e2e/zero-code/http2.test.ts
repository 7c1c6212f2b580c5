import { connect } from 'node:http2';
import { expect, it } from 'vitest';
import { HAS_STREAM_CHANNEL, readAll } from '../../support/http2-run';
import { entryOf } from '../../support/observe';
import { until } from '../../support/patience';
import { useZeroCode } from '../../support/zero-code';

const zeroCode = useZeroCode('http2');

it.runIf(HAS_STREAM_CHANNEL)(
  'register logs the requests of an HTTP/2 server, the first one too',
  async () => {
    zeroCode.write(
      'app.cjs',
      `const server = require('node:http2').createServer((req, res) => res.end('ok'));
     server.listen(0, '127.0.0.1', () => console.log('listening ' + server.address().port));`,
    );
    const app = await zeroCode.start('app.cjs');
    const session = connect(`http://127.0.0.1:${app.port}`);
    expect(String(await readAll(session.request({ ':path': '/first' })))).toBe('ok');
    expect(String(await readAll(session.request({ ':path': '/second' })))).toBe('ok');
    session.destroy();
    await until(() => app.metrics.logs.length === 2);
    expect(app.metrics.logs.map((log) => entryOf(log).request)).toMatchObject([
      { url: expect.stringMatching(/\/first$/), httpVersion: 'HTTP/2' },
      { url: expect.stringMatching(/\/second$/), httpVersion: 'HTTP/2' },
    ]);
    expect(await app.end()).toBe(143);
    expect(app.stderr).toBe('');
  },
);
