import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type LocalMetricsServer,
  startLocalMetricsServer,
} from '../../../src/local/metrics-server';
import { type OwnAuthority, ownAuthority } from '../../support/certificates';
import { loggedApp, printed } from '../../support/logged-app';
import { NEVER_MILLIS, until } from '../../support/patience';
import { type ProxyServer, startProxy } from '../../support/proxy-server';
import { startTlsMetricsServer, type TlsMetricsServer } from '../../support/tls-metrics-server';
import { useZeroCode } from '../../support/zero-code';

const zeroCode = useZeroCode('proxy');
const CREDENTIALS = 'us@er:päss:word';
const IN_URL = 'us%40er:p%C3%A4ss:word';
const DELIVERED = { delivered: 1, dropped: {} };

let authority: OwnAuthority;
let tls: TlsMetricsServer;
let plain: LocalMetricsServer;
let proxy: ProxyServer;
let strict: ProxyServer;

beforeAll(async () => {
  authority = ownAuthority();
  tls = await startTlsMetricsServer(authority.server);
  plain = await startLocalMetricsServer();
  proxy = await startProxy();
  strict = await startProxy({ credentials: CREDENTIALS });
  zeroCode.write('app.cjs', loggedApp('cjs'));
});
afterAll(async () => {
  await Promise.all([tls, plain, proxy, strict].map((server) => server.close()));
  authority.remove();
});
beforeEach(() => {
  proxy.requests.length = 0;
  strict.requests.length = 0;
});

async function run(metricsServer: string, env: NodeJS.ProcessEnv, flags: string[] = []) {
  const ran = await zeroCode.run([...flags, 'app.cjs'], {
    README_API_KEY: 'key-of-tests',
    README_METRICS_SERVER: metricsServer,
    NODE_EXTRA_CA_CERTS: authority.caFile,
    ...env,
  });
  expect(ran.stdout + ran.stderr).not.toMatch(/ss:word|%C3/);
  return { ...ran, ...printed(ran.stdout) };
}
const hostOf = (url: string) => new URL(url).host;
const urlOf = ({ port }: ProxyServer) => `http://127.0.0.1:${port}`;

describe.each([
  ['the worker thread', {}, []],
  ['the main thread', { README_BACKGROUND_WORKER_MODE: 'false' }, []],
  ['the worker thread without WebAssembly', {}, ['--jitless']],
] as [string, NodeJS.ProcessEnv, string[]][])('from %s', (_thread, mode, flags) => {
  it('logs go through the tunnel of README_PROXY to an https:// server', async () => {
    const ran = await run(tls.url, { ...mode, README_PROXY: urlOf(proxy) }, flags);
    expect(ran).toMatchObject(DELIVERED);
    expect(proxy.requests).toEqual([`CONNECT ${hostOf(tls.url)}`]);
  });

  it('logs are passed on by README_PROXY to an http:// server', async () => {
    const ran = await run(plain.url, { ...mode, README_PROXY: urlOf(proxy) }, flags);
    expect(ran).toMatchObject(DELIVERED);
    expect(proxy.requests).toEqual([`POST ${plain.url}/v1/request`]);
  });

  it('the proxy gets the credentials of its URL', async () => {
    const README_PROXY = `http://${IN_URL}@127.0.0.1:${strict.port}`;
    for (const server of [tls.url, plain.url]) {
      expect(await run(server, { ...mode, README_PROXY }, flags)).toMatchObject(DELIVERED);
    }
    expect(strict.requests).toHaveLength(2);
  });

  it('without them logs are tried again, and do not arrive', async () => {
    const env = {
      ...mode,
      NODE_EXTRA_CA_CERTS: authority.caFile,
      README_PROXY: urlOf(strict),
      README_RETRY_TIMEOUT_MILLIS: String(NEVER_MILLIS),
    };
    const delivered = { tls: tls.requests.length, plain: plain.requests.length };
    for (const README_METRICS_SERVER of [tls.url, plain.url]) {
      strict.requests.length = 0;
      const app = await zeroCode.start('app.cjs', {
        flags,
        env: { ...env, README_METRICS_SERVER },
      });
      await until(() => strict.requests.length > 1);
      await app.end('SIGKILL');
    }
    expect(tls.requests).toHaveLength(delivered.tls);
    expect(plain.requests).toHaveLength(delivered.plain);
  });

  it('hosts in NO_PROXY are asked directly', async () => {
    const env = { ...mode, README_PROXY: urlOf(proxy), NO_PROXY: '127.0.0.1' };
    expect(await run(tls.url, env, flags)).toMatchObject(DELIVERED);
    expect(proxy.requests).toEqual([]);
  });
});

describe('the proxies of the environment', () => {
  const proxies = () => ({ HTTPS_PROXY: urlOf(proxy), HTTP_PROXY: urlOf(proxy) });

  it.each<[string, NodeJS.ProcessEnv, string[], number]>([
    ['NODE_USE_ENV_PROXY=1', { NODE_USE_ENV_PROXY: '1' }, [], 1],
    ['README_PROXY=environment', { README_PROXY: 'environment' }, [], 1],
    ['nothing', {}, [], 0],
    [
      'README_PROXY=none and NODE_USE_ENV_PROXY=1',
      { NODE_USE_ENV_PROXY: '1', README_PROXY: 'none' },
      [],
      0,
    ],
  ])('with %s', async (_what, env, flags, times) => {
    // The application asks itself, which no proxy need see.
    const ran = await run(tls.url, { ...proxies(), NO_PROXY: 'localhost', ...env }, flags);
    expect(ran).toMatchObject(DELIVERED);
    expect(proxy.requests.filter((line) => line === `CONNECT ${hostOf(tls.url)}`)).toHaveLength(
      times,
    );
  });

  it.runIf(process.allowedNodeEnvironmentFlags.has('--use-env-proxy'))(
    'with --use-env-proxy',
    async () => {
      for (const [flags, env] of [
        [['--use-env-proxy'], {}],
        [[], { NODE_OPTIONS: '--use-env-proxy' }],
      ] as [string[], NodeJS.ProcessEnv][]) {
        expect(await run(tls.url, { ...proxies(), ...env }, flags)).toMatchObject(DELIVERED);
      }
      const tunnels = proxy.requests.filter((line) => line === `CONNECT ${hostOf(tls.url)}`);
      expect(tunnels).toHaveLength(2);
    },
  );
});
