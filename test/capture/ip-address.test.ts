import { describe, expect, it } from 'vitest';
import { ipAddress } from '../../src/capture/ip-address';
import { send } from '../support/http-client';
import { entryOf, serve, startObserver } from '../support/observe';

describe('an address that a proxy has written', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    [' 203.0.113.7 ', '203.0.113.7'],
    ['203.0.113.7:54321', '203.0.113.7'],
    ['2001:db8::5', '2001:db8::5'],
    ['[2001:db8::5]', '2001:db8::5'],
    ['[2001:db8::5]:4711', '2001:db8::5'],
    ['"[2001:db8::5]:4711"', '2001:db8::5'],
    ['fe80::1%owl-key', 'fe80::1'],
  ])('%s is %s', (text, address) => {
    expect(ipAddress(text)).toBe(address);
  });

  it.each([
    'unknown',
    '_hidden',
    'owl-key',
    '',
    '1.2.3',
    '1.2.3.4.5',
    '1.2.3.4:x',
    '[owl]',
    '1.2.3.4 owl',
  ])('%j is none', (text) => {
    expect(ipAddress(text)).toBeUndefined();
  });
});

describe('clientIPAddress', () => {
  it.each([
    ['203.0.113.7:54321', true, '203.0.113.7'],
    ['[2001:db8::5]:4711, 10.0.0.1', true, '2001:db8::5'],
    ['owl-key-0123456789', true, ''],
    ['owl-key-0123456789, 203.0.113.7', true, ''],
    ['owl-key-0123456789, 203.0.113.7', 1, '203.0.113.7'],
    ['203.0.113.7, 127.0.0.1:80', '127.0.0.1', '203.0.113.7'],
    ['unknown', true, ''],
    ['203.0.113.7', false, '127.0.0.1'],
  ] as const)(
    'of X-Forwarded-For: %s, with trustProxy %j, is %j',
    async (forwarded, trustProxy, address) => {
      const observer = await startObserver({ trustProxy });
      const { port, close } = await serve((_req, res) => res.end('ok'));
      await send({ port }, { path: '/', headers: { 'X-Forwarded-For': forwarded } });
      const [log] = await observer.logs();
      await close();
      await observer.stop();
      expect(log?.clientIPAddress).toBe(address);
    },
  );

  it('is not there when it is the value of a denied header', async () => {
    const observer = await startObserver({ trustProxy: true, denylist: ['X-Forwarded-For'] });
    const { port, close } = await serve((_req, res) => res.end('ok'));
    await send({ port }, { path: '/', headers: { 'X-Forwarded-For': '203.0.113.7:1' } });
    await send({ port }, { path: '/' });
    const logs = await observer.logs();
    await close();
    await observer.stop();
    expect(JSON.stringify(logs)).not.toContain('203.0.113.7');
    expect(logs.map(({ clientIPAddress }) => clientIPAddress).sort()).toEqual(['', '127.0.0.1']);
  });
});

describe('a request target that is a whole URL', () => {
  it('is the URL of the log whatever its scheme, without user name and password', async () => {
    const observer = await startObserver();
    const { port, close } = await serve((_req, res) => res.end('ok'));
    for (const path of ['ws://u:s3cr3t@h/x', 'ftp://u:s3cr3t@h/x', '//u:s3cr3t@h/x']) {
      await send(
        { port },
        { path, headers: { Host: 'u:s3cr3t@api.example', Destination: '//u:s3cr3t@d/x' } },
      );
    }
    const logs = await observer.logs();
    await close();
    await observer.stop();
    expect(JSON.stringify(logs)).not.toContain('s3cr3t');
    expect(logs.map((log) => entryOf(log).request.url)).toEqual([
      'ws://h/x',
      'ftp://h/x',
      'http://api.example//h/x',
    ]);
  });
});
