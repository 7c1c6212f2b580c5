import { createServer, type RequestListener, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createMetricsClient, type SendResult } from '../../../src/delivery/client/metrics-client';
import { RequestBody } from '../../../src/delivery/client/request-body';
import { closeServer, listen } from '../../support/observe';
import { PATIENCE_MILLIS } from '../../support/patience';

let server: Server | undefined;

afterEach(async () => {
  if (server) await closeServer(server);
  server = undefined;
});

async function sendTo(
  answer: RequestListener,
  timeoutMillis = PATIENCE_MILLIS,
): Promise<SendResult> {
  server = createServer(answer);
  return sendToPort(await listen(server), timeoutMillis);
}

async function sendToPort(port: number, timeoutMillis = PATIENCE_MILLIS): Promise<SendResult> {
  const client = createMetricsClient({
    apiKey: 'rdme_key',
    metricsServer: `http://127.0.0.1:${port}`,
    timeoutMillis,
    connections: 2,
    proxy: undefined,
    verifyTls: true,
    withTracingSuppressed: (begin) => begin(),
  });
  try {
    return await client.send(RequestBody.of([Buffer.from('{"a":1}'), Buffer.from('{"b":2}')]));
  } finally {
    await client.close();
  }
}

describe('the client of the metrics server', () => {
  it('posts an array of logs with the key, its type and its name', async () => {
    let received: unknown;
    const result = await sendTo((req, res) => {
      let body = '';
      req.on('data', (chunk) => {
        body += chunk;
      });
      req.on('end', () => {
        received = { method: req.method, url: req.url, body, headers: req.headers };
        res.writeHead(202).end('OK');
      });
    });
    expect(result).toEqual({ kind: 'success' });
    expect(received).toMatchObject({
      method: 'POST',
      url: '/v1/request',
      body: '[{"a":1},{"b":2}]',
      headers: {
        authorization: `Basic ${Buffer.from('rdme_key:').toString('base64')}`,
        'content-type': 'application/json',
        'user-agent': expect.stringMatching(/^readme-metrics-opentelemetry\/\d+\.\d+\.\d+/),
      },
    });
  });

  it.each<[number, SendResult]>([
    [200, { kind: 'success' }],
    [204, { kind: 'success' }],
    ...[408, 425, 429, 501, 502, 503, 504, 505, 507, 520, 521, 522, 523, 524, 527, 530, 599].map(
      (status): [number, SendResult] => [status, { kind: 'retryable', reason: `HTTP ${status}` }],
    ),
    [500, { kind: 'retryable', reason: 'HTTP 500', isInternal: true }],
    [401, { kind: 'rejected', cause: 'unauthorized', reason: 'HTTP 401' }],
    [403, { kind: 'rejected', cause: 'unauthorized', reason: 'HTTP 403' }],
    [413, { kind: 'rejected', cause: 'too_large', reason: 'HTTP 413' }],
    [400, { kind: 'rejected', cause: 'rejected', reason: 'HTTP 400' }],
    [422, { kind: 'rejected', cause: 'rejected', reason: 'HTTP 422' }],
    [409, { kind: 'rejected', cause: 'rejected', reason: 'HTTP 409' }],
    [600, { kind: 'rejected', cause: 'rejected', reason: 'HTTP 600' }],
  ])('takes %i for what the contract says', async (status, expected) => {
    expect(await sendTo((_req, res) => res.writeHead(status).end())).toEqual(expected);
  });

  it('follows no redirect', async () => {
    let requests = 0;
    const result = await sendTo((_req, res) => {
      requests++;
      res.writeHead(307, { location: '/elsewhere' }).end();
    });
    expect(result).toMatchObject({ kind: 'rejected', cause: 'rejected', reason: 'HTTP 307' });
    expect(requests).toBe(1);
  });

  it('keeps the server’s words short, and the key out of them', async () => {
    const message = `bad key rdme_key ${'please try again '.repeat(50)}`;
    const result = await sendTo((_req, res) => res.writeHead(400).end(JSON.stringify({ message })));
    expect(result).toMatchObject({
      reason: expect.stringMatching(/^HTTP 400 \(bad key … please try … please .*…\)$/),
    });
    expect((result as { reason: string }).reason.length).toBeLessThan(150);
  });

  it.each([
    ['in seconds', '7', undefined, 7000],
    ['as a date', 'Wed, 21 Oct 2026 07:28:09 GMT', 'Wed, 21 Oct 2026 07:28:00 GMT', 9000],
    ['as a date that has passed', 'Wed, 21 Oct 2015 07:28:09 GMT', undefined, 0],
    ['of an hour, as five minutes', '3600', undefined, 300_000],
  ])('passes Retry-After on: %s', async (_how, retryAfter, date, retryInMillis) => {
    const headers = { 'retry-after': retryAfter, ...(date && { date }) };
    const result = await sendTo((_req, res) => res.writeHead(503, headers).end());
    expect(result).toEqual({ kind: 'retryable', reason: 'HTTP 503', retryInMillis });
  });

  it('measures the date of Retry-After by the clock of the server, as ours may be wrong', async () => {
    const answer: RequestListener = (_req, res) =>
      res.writeHead(429, { 'retry-after': new Date(Date.now() + 5000).toUTCString() }).end();
    const hour = 3_600_000;
    for (const jump of [-hour, hour]) {
      const now = Date.now;
      const result = await sendTo((req, res) => {
        answer(req, res);
        // The head has gone; from here on, our clock is wrong.
        vi.spyOn(Date, 'now').mockImplementation(() => now() + jump);
      }).finally(() => vi.restoreAllMocks());
      const { retryInMillis } = result as { retryInMillis: number };
      // Five seconds, give or take those for which Node keeps the text of a date; not an hour.
      expect(Math.abs(retryInMillis - 5000)).toBeLessThan(60_000);
    }
  });

  it.each([200, 400])(
    'reads at most 64 KiB of an endless answer with status %i',
    async (status) => {
      let written = 0;
      const result = await sendTo((_req, res) => {
        res.writeHead(status);
        const more = () => {
          while (!res.destroyed && res.write(Buffer.alloc(16_384, 'x'))) written += 16_384;
        };
        res.on('drain', more);
        res.on('error', () => {});
        more();
      });
      expect(result.kind).toBe(status === 200 ? 'success' : 'rejected');
      expect(written).toBeLessThan(64 * 1024 * 1024);
    },
  );

  it.each<[string, RequestListener]>([
    ['resets the connection', (req) => (req.socket as Socket).resetAndDestroy()],
    [
      'resets in the middle of its answer',
      (_req, res) => {
        res.writeHead(500, { 'content-length': 100 });
        res.write('half', () => (res.socket as Socket).resetAndDestroy());
      },
    ],
    ['never answers', () => {}],
    ['answers garbage', (req) => req.socket.end('garbage\r\n\r\n')],
  ])('calls it retryable when the server %s', async (_what, answer) => {
    expect(await sendTo(answer, 200)).toMatchObject({ kind: 'retryable' });
  });

  it('names the setting when the server takes too long', async () => {
    const result = await sendTo(() => {}, 100);
    expect(result).toEqual({
      kind: 'retryable',
      reason: 'no answer within 100 ms (timeoutMillis)',
    });
  });

  it('calls it retryable when nothing listens', async () => {
    const result = await sendToPort(1);
    expect(result).toEqual({ kind: 'retryable', reason: 'ECONNREFUSED' });
  });
});
