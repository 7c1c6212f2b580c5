import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OwnAuthority, ownAuthority } from '../../support/certificates';
import { loggedApp, printed } from '../../support/logged-app';
import { NEVER_MILLIS, until } from '../../support/patience';
import { startTlsMetricsServer, type TlsMetricsServer } from '../../support/tls-metrics-server';
import { useZeroCode } from '../../support/zero-code';

const zeroCode = useZeroCode('tls-trust');
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
/** `--use-system-ca` and `tls.setDefaultCACertificates()`. */
const isNew = major > 22 || (major === 22 && minor >= 19);
const DELIVERED = { delivered: 1, dropped: {} };

let authority: OwnAuthority;
let metrics: TlsMetricsServer;

beforeAll(async () => {
  authority = ownAuthority();
  metrics = await startTlsMetricsServer(authority.server);
  zeroCode.write('app.cjs', loggedApp('cjs'));
  zeroCode.write('sets-ca.cjs', loggedApp('cjs', SET_CA));
  zeroCode.write('sets-ca-later.cjs', `${LATER}\n${loggedApp('cjs')}`);
  zeroCode.write('sets-ca-and-exits.cjs', `${SET_CA}\n${EXITING}`);
  zeroCode.write('distrusts-nobody.cjs', loggedApp('cjs', DISTRUST_NOBODY));
});
afterAll(async () => {
  await metrics.close();
  authority.remove();
});

const SET_CA = `
  const tls = require('node:tls');
  tls.setDefaultCACertificates([require('node:fs').readFileSync(process.env.TEST_CA, 'utf8')]);`;
/** Changes whom it trusts when the test says so: when a log has failed. */
const LATER = `
  process.once('SIGUSR2', () => { ${SET_CA} });`;
/** Its first log is made when it exits. */
const EXITING = `
  const { ReadmeInstrumentation } = require('readme-metrics-opentelemetry');
  const { createServer, get } = require('node:http');
  new ReadmeInstrumentation();
  const server = createServer((request, response) => response.end('ok'));
  server.listen(0, '127.0.0.1', () => {
    get({ port: server.address().port, host: '127.0.0.1' }, (response) => {
      response.resume().on('end', () => process.exit(0));
    });
  });`;
const DISTRUST_NOBODY = `process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';`;

async function run(env: NodeJS.ProcessEnv, flags: string[] = [], app = 'app.cjs') {
  const before = metrics.requests.length;
  const ran = await zeroCode.run([...flags, app], {
    README_API_KEY: 'key-of-tests',
    README_METRICS_SERVER: metrics.url,
    TEST_CA: authority.caFile,
    ...env,
  });
  return {
    ...ran,
    ...printed(ran.stdout),
    requests: metrics.requests.slice(before),
  };
}

/** Starts an application, and waits until it has refused the server's certificate twice. */
async function refusing(env: NodeJS.ProcessEnv, file = 'app.cjs') {
  const refusals = metrics.refused + 2;
  const app = await zeroCode.start(file, {
    flags: [],
    env: {
      README_METRICS_SERVER: metrics.url,
      README_RETRY_TIMEOUT_MILLIS: String(NEVER_MILLIS),
      TEST_CA: authority.caFile,
      ...env,
    },
  });
  await until(() => metrics.refused >= refusals);
  return app;
}

describe.each(['true', 'false'])('with README_BACKGROUND_WORKER_MODE=%s', (worker) => {
  const mode = { README_BACKGROUND_WORKER_MODE: worker };

  it('logs do not go to a server whose certificate the process does not trust', async () => {
    const { length } = metrics.requests;
    await (await refusing(mode)).end('SIGKILL');
    expect(metrics.requests).toHaveLength(length);
  });

  it('NODE_EXTRA_CA_CERTS', async () => {
    expect(await run({ ...mode, NODE_EXTRA_CA_CERTS: authority.caFile })).toMatchObject(DELIVERED);
  });

  it.each([
    ['on the command line', ['--use-openssl-ca'], {}],
    ['in NODE_OPTIONS', [], { NODE_OPTIONS: '--use-openssl-ca' }],
  ])('--use-openssl-ca %s', async (_where, flags, env) => {
    const ran = await run({ ...mode, ...env, SSL_CERT_FILE: authority.caFile }, flags);
    expect(ran).toMatchObject(DELIVERED);
  });

  it.runIf(isNew).each<[string, string[], NodeJS.ProcessEnv]>([
    ['on the command line', ['--use-system-ca'], {}],
    ['in NODE_OPTIONS', [], { NODE_OPTIONS: '--use-system-ca' }],
    ['as NODE_USE_SYSTEM_CA', [], { NODE_USE_SYSTEM_CA: '1' }],
  ])('--use-system-ca %s', async (_where, flags, env) => {
    // On Linux, OpenSSL's variable says where the system keeps them.
    const ran = await run({ ...mode, ...env, SSL_CERT_FILE: authority.caFile }, flags);
    expect(ran).toMatchObject(DELIVERED);
  });

  it.runIf(isNew)('tls.setDefaultCACertificates() at the start', async () => {
    expect(await run(mode, [], 'sets-ca.cjs')).toMatchObject(DELIVERED);
  });

  it.runIf(isNew)('tls.setDefaultCACertificates(), and a first log at the exit', async () => {
    const env = { ...mode, README_EXIT_TIMEOUT_MILLIS: String(NEVER_MILLIS) };
    const { length } = metrics.requests;
    await zeroCode.run(['sets-ca-and-exits.cjs'], {
      README_API_KEY: 'key-of-tests',
      README_METRICS_SERVER: metrics.url,
      TEST_CA: authority.caFile,
      ...env,
    });
    expect(metrics.requests.slice(length)).toMatchObject([{ logs: 1 }]);
  });

  it.each(['--tls-max-v1.2', '--tls-min-v1.3'])('%s', async (flag) => {
    const ran = await run({ ...mode, NODE_EXTRA_CA_CERTS: authority.caFile }, [flag]);
    expect(ran).toMatchObject(DELIVERED);
    const version = flag === '--tls-max-v1.2' ? 'TLSv1.2' : 'TLSv1.3';
    expect(ran.requests.map(({ protocol }) => protocol)).toEqual([version]);
  });

  it('NODE_TLS_REJECT_UNAUTHORIZED=0 that the application sets does not hold for logs', async () => {
    const { length } = metrics.requests;
    await (await refusing(mode, 'distrusts-nobody.cjs')).end('SIGKILL');
    expect(metrics.requests).toHaveLength(length);
  });

  it('NODE_TLS_REJECT_UNAUTHORIZED=0 in the environment of the process does', async () => {
    const ran = await run({ ...mode, NODE_TLS_REJECT_UNAUTHORIZED: '0' });
    expect(ran).toMatchObject(DELIVERED);
  });
});

it.runIf(isNew)('tls.setDefaultCACertificates() after the worker has started', async () => {
  const app = await refusing({}, 'sets-ca-later.cjs');
  process.kill(app.pid, 'SIGUSR2');
  expect(await app.exit).toBe(0);
  expect(printed(app.stdout)).toMatchObject(DELIVERED);
});
