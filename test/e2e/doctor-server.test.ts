import { readFileSync } from 'node:fs';
import { createServer as createTlsServer } from 'node:https';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listening } from '../support/answering-server';
import { KEY } from '../support/doctor-project';
import { lines, useDoctor } from '../support/use-doctor';

const doctor = useDoctor('all tests');
const PEM = readFileSync(join(import.meta.dirname, '../support/localhost.pem'));

async function tlsServer() {
  const server = createTlsServer({ key: PEM, cert: PEM }, (_, response) => {
    response.writeHead(202).end();
  });
  server.on('tlsClientError', () => {});
  return doctor.closeLater(await listening(server));
}

describe('a server that cannot be talked to', () => {
  it('has a name that is not found', async () => {
    const ran = await doctor.run({ README_METRICS_SERVER: 'https://metrics.nowhere.invalid' });
    expect(ran.code).toBe(1);
    expect(lines(ran, 'fail')).toEqual([
      expect.stringMatching(
        /^the name metrics\.nowhere\.invalid cannot be found \(DNS\) \(E\w+\)$/,
      ),
    ]);
    expect(ran.next).toContain('Check the spelling of README_METRICS_SERVER');
  });

  it('does not answer in time', async () => {
    const server = await doctor.serverThat(() => {});
    const ran = await doctor.run({ README_METRICS_SERVER: server.url }, ['--timeout', '300']);
    expect(ran.code).toBe(1);
    expect(lines(ran, 'fail')).toEqual([`127.0.0.1:${server.port} gave no answer within 300 ms`]);
    expect(ran.next).toContain('firewall');
    const slower = await doctor.run({
      README_METRICS_SERVER: server.url,
      README_TIMEOUT_MILLIS: '400',
    });
    expect(lines(slower, 'fail')[0]).toContain('within 400 ms');
  });

  it('has a certificate that is not trusted', async () => {
    const { port } = await tlsServer();
    const env = { README_METRICS_SERVER: `https://localhost:${port}` };
    const ran = await doctor.run(env);
    expect(ran.code).toBe(1);
    expect(lines(ran, 'fail')).toEqual([
      expect.stringContaining(`the TLS certificate of localhost:${port} is not trusted`),
    ]);
    expect(ran.next).toContain('NODE_EXTRA_CA_CERTS');
    const file = join(import.meta.dirname, '../support/localhost.pem');
    const trusting = await doctor.run({ ...env, NODE_EXTRA_CA_CERTS: file });
    expect(lines(trusting, 'fail')).toEqual([]);
  });

  it('speaks plain HTTP, and TLS was asked for', async () => {
    const { port } = await doctor.serverThat((_, response) => response.end());
    const ran = await doctor.run({ README_METRICS_SERVER: `https://127.0.0.1:${port}` });
    expect(lines(ran, 'fail')).toEqual([
      expect.stringContaining(`127.0.0.1:${port} does not speak TLS`),
    ]);
    expect(ran.next).toContain('write http:// in README_METRICS_SERVER');
  });

  it('speaks TLS, and plain HTTP was asked for', async () => {
    const { port } = await tlsServer();
    const ran = await doctor.run({ README_METRICS_SERVER: `http://127.0.0.1:${port}` });
    expect(lines(ran, 'fail')).toEqual([
      expect.stringContaining(`127.0.0.1:${port} closed the connection without an answer`),
    ]);
    expect(ran.next).toContain('write https:// in README_METRICS_SERVER');
  });
});

describe('an answer that is not about the key', () => {
  it('a redirect is not followed', async () => {
    const server = await doctor.serverThat((_, response) => {
      response.writeHead(301, { location: 'https://elsewhere.example.com/v1?token=abc' }).end();
    });
    const ran = await doctor.run({ README_METRICS_SERVER: server.url });
    expect(ran.code).toBe(1);
    expect(lines(ran, 'fail')).toEqual([
      expect.stringContaining('a redirect to https://elsewhere.example.com, and'),
    ]);
  });

  it('a 403 with a web page is a firewall', async () => {
    const server = await doctor.serverThat((_, response) => {
      response.writeHead(403, { 'content-type': 'text/html' }).end('<h1>Blocked</h1>');
    });
    const ran = await doctor.run({ README_METRICS_SERVER: server.url });
    expect(lines(ran, 'fail')).toEqual([expect.stringContaining('a proxy or a firewall')]);
  });

  it('a 503 is an outage, a 429 only a warning', async () => {
    let status = 503;
    const server = await doctor.serverThat((_, response) => response.writeHead(status).end());
    const down = await doctor.run({ README_METRICS_SERVER: server.url });
    expect(down.code).toBe(1);
    expect(lines(down, 'fail')).toEqual([
      `127.0.0.1:${server.port} cannot take logs now: HTTP 503`,
    ]);
    status = 429;
    const busy = await doctor.run({ README_METRICS_SERVER: server.url });
    expect(busy.code).toBe(0);
    expect(lines(busy, 'warn')).toEqual([expect.stringContaining('429, too many requests')]);
  });
});

it('sends what a delivery sends, but for the logs', async () => {
  let seen: unknown;
  const server = await doctor.serverThat((request, response) => {
    request.setEncoding('utf8').on('data', (body: string) => {
      const { authorization, 'content-type': type } = request.headers;
      seen = [request.method, request.url, authorization, type, body];
    });
    request.on('end', () => response.writeHead(202).end());
  });
  await doctor.run({ README_METRICS_SERVER: `${server.url}/` });
  const credentials = `Basic ${Buffer.from(`${KEY}:`).toString('base64')}`;
  expect(seen).toEqual(['POST', '/v1/request', credentials, 'application/json', '[]']);
});
