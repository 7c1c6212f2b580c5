import { channel } from 'node:diagnostics_channel';
import { expect, it } from 'vitest';
import { checkHttp2 } from '../../src/doctor/check-http2';
import { runHttp2 } from '../support/http2-run';

it.each([
  ['20.20.2', true],
  ['22.16.0', true],
  ['22.17.0', false],
  ['22.23.3', false],
  ['23.11.0', true],
  ['24.1.0', true],
  ['24.2.0', false],
  ['26.0.0', false],
])('of Node.js %s the doctor says that HTTP/2 is not logged: %s', (version, isSaid) => {
  expect(checkHttp2(version).map(({ verdict }) => verdict)).toEqual(isSaid ? ['note'] : []);
});

it('the doctor says so if, and only if, this Node does not publish its streams', async () => {
  let published = 0;
  const count = () => {
    published += 1;
  };
  const streams = channel('http2.server.stream.start');
  streams.subscribe(count);
  await runHttp2({ stream: (stream) => stream.respond({}, { endStream: true }) });
  streams.unsubscribe(count);
  expect(checkHttp2()).toHaveLength(published > 0 ? 0 : 1);
});
