import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { ReadmeDeliveryError } from '../../src/index';
import { MODES, ready, useDeliveryRuns } from '../support/delivery-runs';
import type { Answer } from '../support/faulty-server';
import { NEVER_MILLIS, rounds, until } from '../support/patience';

const start = useDeliveryRuns();
const sorted = (paths: readonly string[]) => [...paths].sort();

describe.each(MODES)('a metrics server that misbehaves for a while, with %s', (_mode, mode) => {
  const options = { backgroundWorkerMode: mode };

  it('loses no log by refusing connections', async () => {
    const { server, readme, visit, counts } = await start(options);
    await server.goAway();
    await visit(3);
    await sleep(100);
    expect(counts()).toMatchObject({ delivered: 0, dropped: {}, pending: 3 });
    await server.comeBack();
    await readme.forceFlush();
    expect(counts()).toMatchObject({ delivered: 3, dropped: {} });
    expect(sorted(server.taken)).toEqual(['/0', '/1', '/2']);
  });

  it('loses no log by cutting connections in the middle of a request', async () => {
    const { server, readme, visit, counts } = await start(
      { ...options, bufferLength: 4 },
      (_, res) => res.end('b'.repeat(200_000)),
    );
    let cut = 0;
    server.atHead = (request) => {
      if (++cut > 2) return false;
      request.once('data', () => (request.socket as Socket).resetAndDestroy());
      return true;
    };
    await visit(4);
    await readme.forceFlush();
    expect(cut).toBeGreaterThan(2);
    expect(counts()).toMatchObject({ delivered: 4, dropped: {} });
    expect(sorted(server.taken)).toEqual(['/0', '/1', '/2', '/3']);
  });

  it.each<[string, Answer]>([
    ['cutting connections before its answer', ({ socket }) => socket.resetAndDestroy()],
    [
      'cutting connections in the middle of its answer',
      ({ response, socket }) => {
        response.writeHead(503, { 'content-length': 100 });
        response.write('half', () => socket.resetAndDestroy());
      },
    ],
    ['answering with what is not HTTP', ({ socket }) => socket.end('SSH-2.0-Owl_1.0\r\n\r\n')],
    ['answering 500', ({ response }) => response.writeHead(500).end('{"error":"sorry"}')],
    ['an answer of 500 with 100 MB', ({ response }) => endless(response.writeHead(500))],
  ])('loses no log, and sends none twice, by %s', async (_fault, answer) => {
    const { server, readme, visitApart, counts } = await ready(await start(options));
    server.answer = (delivered) => (delivered.index < 2 ? answer : server.take)(delivered);
    await visitApart(3);
    await readme.forceFlush();
    expect(counts()).toMatchObject({ delivered: 4, dropped: {} });
    expect(server.attempts.length).toBe(5);
    expect(sorted(server.taken)).toEqual(['/0', '/1', '/2']);
  });

  it('loses no log by giving no answer within timeoutMillis', async () => {
    const { server, readme, visitApart, counts } = await start({ ...options, timeoutMillis: 300 });
    server.answer = (delivered) => {
      if (delivered.index >= 2) server.take(delivered);
    };
    await visitApart(3);
    await readme.forceFlush();
    expect(counts()).toMatchObject({ delivered: 3, dropped: {} });
    // On a slow machine 300 ms may be over before an answer is read, and then it is asked once more.
    expect([...new Set(server.taken)].sort()).toEqual(['/0', '/1', '/2']);
  });

  it('is not asked again when it has said 202, whatever becomes of the rest of its answer', async () => {
    const { server, readme, visitApart, counts } = await ready(await start(options));
    server.answer = ({ index, response, socket }) => {
      if (index === 0) endless(response.writeHead(202));
      else if (index === 1) response.writeHead(202).write('half', () => socket.resetAndDestroy());
      else response.writeHead(202).write('never ends');
    };
    await visitApart(3);
    await readme.forceFlush();
    expect(counts()).toMatchObject({ delivered: 4, dropped: {} });
    expect(server.attempts.length).toBe(3);
  });

  it('may take its time to answer', async () => {
    const { server, readme, visit, counts } = await start(options);
    server.answer = (delivered) => setTimeout(server.take, 500, delivered);
    await visit(5);
    await readme.forceFlush();
    expect(counts()).toMatchObject({ delivered: 5, dropped: {} });
    expect(server.attempts.length).toBeLessThanOrEqual(5);
  });
});

describe.each(MODES)('a metrics server that goes on misbehaving, with %s', (_mode, mode) => {
  const options = { backgroundWorkerMode: mode, retryTimeoutMillis: 300 };

  it('costs the logs that it had when it gives no answer within timeoutMillis', async () => {
    const { server, readme, visit, counts } = await start({ ...options, timeoutMillis: 200 });
    server.answer = () => {};
    await visit(3);
    // On a slow machine all may be lost before it flushes, which is no fault then.
    await readme.forceFlush().catch(() => {});
    expect(counts()).toMatchObject({ delivered: 0, dropped: { unavailable: 3 } });
  });

  it('costs the logs that it had, and says so to who flushes, when it answers 503', async () => {
    const { server, readme, visit, counts } = await start(options);
    const refuse: Answer = ({ response }) => response.writeHead(503).end();
    const held: (() => void)[] = [];
    server.answer = (delivered) => held.push(() => refuse(delivered));
    await visit(3);
    await until(() => held.length > 0);
    const flushed = readme.forceFlush().catch((error: ReadmeDeliveryError) => error);
    await rounds();
    server.answer = refuse;
    for (const answer of held) answer();
    const error = await flushed;
    // Those that were not in flight may have been given up before.
    const lost = (error as ReadmeDeliveryError).lost;
    expect(error).toMatchObject({ name: 'ReadmeDeliveryError', dropped: { unavailable: lost } });
    expect(lost).toBeGreaterThan(0);
    expect(counts()).toMatchObject({ delivered: 0, dropped: { unavailable: 3 } });
    server.answer = server.take;
    await until(async () => {
      await visit(1);
      return await readme.forceFlush().then(
        () => true,
        () => false,
      );
    });
    expect(counts().delivered).toBeGreaterThan(0);
  });

  it('has a name that does not resolve', async () => {
    const metricsServer = 'http://metrics.invalid';
    const { readme, visit, counts } = await start({ ...options, metricsServer });
    await visit(2);
    await readme.forceFlush().catch(() => {});
    expect(counts()).toMatchObject({ delivered: 0, dropped: { unavailable: 2 } });
  });

  it.each<[string, Answer, string]>([
    [
      'redirects (302), which is not followed',
      ({ response }) => response.writeHead(302, { location: '/elsewhere' }).end(),
      'rejected',
    ],
    ['answers 401', ({ response }) => response.writeHead(401).end(), 'unauthorized'],
    ['answers 413 to everything', ({ response }) => response.writeHead(413).end(), 'too_large'],
  ])('is not asked again and again when it %s', async (_fault, answer, cause) => {
    const { server, readme, visit, counts } = await start({
      ...options,
      bufferLength: 2,
      retryTimeoutMillis: NEVER_MILLIS,
    });
    server.answer = answer;
    await visit(2);
    await readme.forceFlush().catch(({ lost }) => expect(lost).toBeGreaterThan(0));
    expect(counts()).toMatchObject({ delivered: 0, dropped: { [cause]: 2 } });
    // 413: the two together, each alone, each without its bodies.
    expect(server.attempts.length).toBeLessThanOrEqual(cause === 'too_large' ? 5 : 2);
  });

  it('takes what is small enough when it answers 413 to the rest', async () => {
    const { server, readme, visit, counts } = await start(
      { ...options, bufferLength: 6, retryTimeoutMillis: NEVER_MILLIS },
      (req, res) => res.end('b'.repeat(req.url === '/4' ? 30_000 : 3000)),
    );
    server.answer = (delivered) => {
      if (delivered.bytes > 12_000) delivered.response.writeHead(413).end();
      else server.take(delivered);
    };
    await visit(6);
    await readme.forceFlush();
    expect(counts()).toMatchObject({ delivered: 6, dropped: {} });
    expect(sorted(server.taken)).toEqual(['/0', '/1', '/2', '/3', '/4', '/5']);
  });

  it('costs only those logs that it cannot digest, though they were sent with others', async () => {
    const { server, readme, visit, visitApart, counts } = await ready(
      await start({
        ...options,
        bufferLength: 8,
        flushIntervalMillis: 20,
        retryTimeoutMillis: NEVER_MILLIS,
      }),
    );
    server.answer = (delivered) => {
      if (delivered.paths.includes('/poison')) delivered.response.writeHead(500).end();
      else server.take(delivered);
    };
    await visit(['/1', '/2', '/poison', '/3', '/4', '/5']);
    await until(() => server.attempts.some(({ paths }) => paths.includes('/5')));
    const innocent = ['/1', '/2', '/3', '/4', '/5'];
    // That newer logs are taken tells that it is not the server.
    for (let round = 0; !innocent.every((path) => server.taken.includes(path)); round++) {
      await visitApart([`/later/${round}`]);
      await sleep(100);
    }
    expect(counts().dropped).toEqual({});
    expect(server.taken).not.toContain('/poison');
    await readme.flushBeforeExit();
  });

  it('cannot delay newer logs by refusing a few', async () => {
    const { server, readme, visitApart, counts } = await ready(
      await start({ ...options, retryTimeoutMillis: NEVER_MILLIS }),
    );
    server.answer = (delivered) => {
      if (delivered.paths.some((path) => path.startsWith('/poison')))
        delivered.response.writeHead(500).end();
      else server.take(delivered);
    };
    for (let round = 0; round < 6; round++) {
      await visitApart([`/poison/${round}`]);
      await visitApart([`/fine/${round}`]);
    }
    await until(() => counts().delivered === 7);
    expect(counts()).toMatchObject({ dropped: {}, pending: 6 });
    await readme.flushBeforeExit();
  });
});

/** 100 MB, or as much of it as somebody reads. */
function endless(response: Parameters<Answer>[0]['response']): void {
  let written = 0;
  const more = () => {
    while (!response.destroyed && written < 100_000_000) {
      written += 65_536;
      if (!response.write(Buffer.alloc(65_536, 'x'))) return;
    }
    response.end();
  };
  response.on('drain', more).on('error', () => {});
  more();
}
