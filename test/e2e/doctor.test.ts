import { createServer as createRawServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { answering, listening } from '../support/answering-server';
import { KEY } from '../support/doctor-project';
import { lines, useDoctor } from '../support/use-doctor';

const doctor = useDoctor('all tests');

it('a set-up that is right has no failure and no warning, and the last line says what to do', async () => {
  const ran = await doctor.run();
  expect([lines(ran, 'fail'), lines(ran, 'warn'), ran.stderr]).toEqual([[], [], '']);
  expect(ran.code).toBe(0);
  expect(ran.next).toMatch(
    /^Next: Start your application with node --require readme-metrics-opentelemetry\/register app\.js,.*README_DRY_RUN=true/,
  );
  expect(ran.stdout).toContain(`apiKey = ******cdef (${KEY.length} characters) (README_API_KEY)`);
  expect(ran.stdout).toContain(`metricsServer = ${doctor.metrics.url} (README_METRICS_SERVER)`);
  expect(ran.stdout).toContain('bufferLength = 10 (default)');
  expect(ran.stdout).not.toContain('\x1b');
});

it('makes no log', async () => {
  await doctor.run();
  expect(doctor.metrics.logs).toEqual([]);
  expect(doctor.metrics.requests.map(({ logCount, authorized }) => [logCount, authorized])).toEqual(
    [[0, true]],
  );
});

describe('a broken set-up is named by its cause', () => {
  it('no key', async () => {
    const ran = await doctor.run({ README_API_KEY: '' });
    expect(ran.code).toBe(1);
    expect(lines(ran, 'fail')).toEqual([
      'README_API_KEY is not set: without a key nothing is logged',
    ]);
    expect(ran.next).toContain('Next: Set README_API_KEY;');
    expect(doctor.metrics.requests).toEqual([]);
  });

  it('a wrong key', async () => {
    const right = `Basic ${Buffer.from('another-key:').toString('base64')}`;
    const server = await doctor.serverThat((request, response) => {
      response.writeHead(request.headers.authorization === right ? 202 : 401, {
        'content-type': 'application/json',
      });
      response.end(`{"error":"APIKEY_NOTFOUND","message":"there is no ${KEY}"}`);
    });
    const ran = await doctor.run({ README_METRICS_SERVER: server.url });
    expect(ran.code).toBe(1);
    expect(lines(ran, 'fail')).toEqual([
      `127.0.0.1:${server.port} refuses the key: HTTP 401 (APIKEY_NOTFOUND: there is no …)`,
    ]);
    expect(ran.next).toContain('Correct README_API_KEY');
    const accepted = await doctor.run({
      README_METRICS_SERVER: server.url,
      README_API_KEY: 'another-key',
    });
    expect(accepted.code).toBe(0);
    expect(accepted.stdout).toContain(`${server.url} takes the key (it answers 202`);
  });

  it('a key that cannot be one', async () => {
    const ran = await doctor.run({ README_API_KEY: 'two words' });
    expect(ran.code).toBe(1);
    expect(lines(ran, 'fail')[0]).toContain('README_API_KEY');
    expect(lines(ran, 'fail')[0]).toContain('without spaces');
  });

  it('an unreachable server', async () => {
    const server = await answering(() => {});
    await server.close();
    const ran = await doctor.run({ README_METRICS_SERVER: server.url });
    expect(ran.code).toBe(1);
    expect(lines(ran, 'fail')).toEqual([
      `nothing listens on 127.0.0.1:${server.port}: the connection was refused (ECONNREFUSED)`,
    ]);
    expect(ran.next).toContain('README_METRICS_SERVER');
  });

  it.each([
    ['README_DENYLIST', '["password"'],
    ['README_ALLOWLIST', '[""]'],
    ['README_ALLOWED_HTTP_HOSTS', ','],
    ['README_BUFFER_LENGTH', '31'],
  ])('a bad list or number: %s=%s', async (variable, value) => {
    const ran = await doctor.run({ [variable]: value });
    expect(ran.code).toBe(1);
    expect(lines(ran, 'fail')).toHaveLength(1);
    expect(lines(ran, 'fail')[0]).toContain(variable);
    expect(ran.next).toContain(`Correct ${variable}`);
    // The rest is looked at all the same.
    expect(ran.stdout).toContain(`${doctor.metrics.url} does not refuse the key`);
  });

  it('the file of the grouping function is missing', async () => {
    const ran = await doctor.run({ README_GROUPING_FUNCTION: './nowhere.js#caller' });
    expect(ran.code).toBe(1);
    expect(lines(ran, 'fail')).toHaveLength(1);
    expect(lines(ran, 'fail')[0]).toMatch(/README_GROUPING_FUNCTION.*"\.\/nowhere\.js"/);
    expect(ran.next).toContain('Correct README_GROUPING_FUNCTION');
  });

  it('the grouping function throws', async () => {
    doctor.project.write(
      'grouping.js',
      `exports.caller = (request) => ({ apiKey: request.user.id });
       exports.later = async (request) => ({ apiKey: request.user.id });`,
    );
    for (const name of ['caller', 'later']) {
      const ran = await doctor.run({ README_GROUPING_FUNCTION: `./grouping.js#${name}` });
      expect([ran.code, ran.stderr]).toEqual([1, '']);
      expect(lines(ran, 'fail')).toHaveLength(1);
      expect(lines(ran, 'fail')[0]).toMatch(
        /threw TypeError: Cannot read properties of undefined \(reading 'id'\) \(at .*grouping\.js:\d:\d+\)/,
      );
      expect(ran.next).toContain('catch what it throws');
    }
  });

  it('the grouping function returns api_key instead of apiKey', async () => {
    doctor.project.write('grouping.js', `module.exports = () => ({ api_key: 'key-of-hedwig' });`);
    const ran = await doctor.run({ README_GROUPING_FUNCTION: './grouping.js' });
    expect(ran.code).toBe(1);
    expect(lines(ran, 'fail')).toHaveLength(1);
    expect(lines(ran, 'fail')[0]).toContain('an object without apiKey, but api_key');
    expect(ran.stdout).not.toContain('hedwig');
    expect(ran.next).toContain('return { apiKey, label, email }');
  });

  it('the port of the metrics server is taken by another web server', async () => {
    const listeners: Parameters<typeof answering>[0][] = [
      (_, response) => response.writeHead(404).end('Not Found'),
      (_, response) => response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>404</h1>'),
      (_, response) =>
        response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end('<p>Hi'),
      (_, response) => response.writeHead(405, { allow: 'GET' }).end(),
    ];
    for (const listener of listeners) {
      const server = await doctor.serverThat(listener);
      const ran = await doctor.run({ README_METRICS_SERVER: server.url });
      expect(ran.code).toBe(1);
      expect(lines(ran, 'fail')).toHaveLength(1);
      expect(lines(ran, 'fail')[0]).toContain(
        `what answers on 127.0.0.1:${server.port} is no ReadMe metrics server`,
      );
      expect(ran.next).toContain('README_METRICS_SERVER');
    }
  });

  it('the port of the metrics server is taken by what is no web server', async () => {
    const server = await listening(
      createRawServer((socket) => {
        socket.on('error', () => {}).on('data', () => socket.end('-ERR unknown command\r\n'));
      }),
    );
    doctor.closeLater(server);
    const ran = await doctor.run({ README_METRICS_SERVER: server.url });
    expect(ran.code).toBe(1);
    expect(lines(ran, 'fail')[0]).toContain(`127.0.0.1:${server.port} does not speak HTTP`);
  });
});
