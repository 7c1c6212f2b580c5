import { channel, tracingChannel } from 'node:diagnostics_channel';
import fastify from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import { readmeHttpHooks } from '../../src/index';
import { entryOf, type Observer, startObserver } from '../support/observe';

const PATHS = ['/throw', '/reject', '/denied', '/redirect', '/known', '/okay'];

/** An application whose error handler sets no status, which Fastify answers with 200. */
async function answers(): Promise<unknown[]> {
  const app = fastify();
  app.setErrorHandler((error: Error, request, reply) => {
    if (request.url === '/redirect') return reply.redirect('/elsewhere');
    return reply.send({ seen: reply.statusCode, message: error.message });
  });
  const fail = () => {
    throw new Error('on purpose');
  };
  app.get('/throw', fail);
  app.get('/redirect', fail);
  app.get('/reject', () => Promise.reject(new Error('on purpose')));
  app.get('/denied', { preHandler: (_request, _reply, done) => done(new Error('no')) }, fail);
  app.get('/known', (_request, reply) => {
    reply.code(418);
    throw new Error('on purpose');
  });
  app.get('/okay', (_request, reply) => {
    reply.code(200);
    throw new Error('on purpose');
  });
  const origin = await app.listen({ port: 0, host: '127.0.0.1' });
  const answers: unknown[] = [];
  for (const path of PATHS) {
    const answer = await fetch(origin + path, {
      headers: { connection: 'close' },
      redirect: 'manual',
    });
    answers.push([answer.status, answer.headers.get('location'), await answer.text()]);
  }
  await app.close();
  return answers;
}

let observer: Observer | undefined;
afterEach(async () => {
  await observer?.stop();
  observer = undefined;
});

describe('the channel on which Fastify publishes its routes', () => {
  it('is left when the instrumentation is disabled', async () => {
    observer = await startObserver();
    const { start, error } = tracingChannel('fastify.request.handler');
    expect([start, error].map(({ hasSubscribers }) => hasSubscribers)).toEqual([true, true]);
    observer.instrumentation.disable();
    expect([start, error].map(({ hasSubscribers }) => hasSubscribers)).toEqual([false, false]);
  });

  it.each(['start', 'error', 'end'])(
    'changes nothing about what others who listen to `%s` make of Fastify',
    async (name) => {
      const seen: unknown[] = [];
      const other = (message: unknown) => {
        const { error, reply } = message as { error?: Error; reply: { statusCode: number } };
        seen.push([error?.message, 'error' in (message as object), reply.statusCode]);
      };
      const theirs = channel(`tracing:fastify.request.handler:${name}`);
      theirs.subscribe(other);
      const without = [await answers(), seen.splice(0)];
      observer = await startObserver();
      const withPackage = [await answers(), seen.splice(0)];
      theirs.unsubscribe(other);
      if (name === 'start') {
        // A message may already have the property, which is undefined then.
        expect(withPackage[0]).toEqual(without[0]);
      } else expect(withPackage).toEqual(without);
    },
  );

  // The last: hooks have no off switch.
  it('changes no answer of an error handler by being listened to', async () => {
    const bare = await answers();
    expect(bare[0]).toEqual([200, null, '{"seen":200,"message":"on purpose"}']);
    expect(bare[3]).toEqual([302, '/elsewhere', '']);
    observer = await startObserver();
    // Two of the package's ways in are still one listener.
    readmeHttpHooks({ apiKey: 'key', metricsServer: observer.metrics.url });
    expect(await answers()).toEqual(bare);
    const pages = (await observer.logs()).map((log) => new URL(entryOf(log).pageref).pathname);
    expect(pages).toEqual(PATHS);
  });
});
