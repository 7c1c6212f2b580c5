import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect } from 'vitest';
import type { ReadmeOptions } from '../../src/index';
import type { ReceivedLog } from '../../src/local/metrics-server';
import { processBudget } from '../../src/record/byte-budget';
import { type Answer, type Call, comparable, send, sentBody, type Target } from './http-client';
import { entryOf, type Observer, startObserver } from './observe';
import { until } from './patience';

/** An application that listens on 127.0.0.1. */
export interface Application extends Target {
  close(): Promise<unknown>;
}

export type Entry = ReturnType<typeof entryOf>;

export interface Compared {
  readonly answer: Answer;
  readonly log: ReceivedLog;
  readonly entry: Entry;
}

/** One application, served both without the package and with it. */
export interface Bench {
  readonly application: Application;
  readonly observer: Observer;
  /** Sends a call without and with the package; checks that the client cannot tell and the log is true. */
  compare(call: Call): Promise<Compared>;
  /** Does something without and with the package; checks only that the client cannot tell. */
  compareSeen<Seen>(
    act: (application: Application) => Promise<Seen>,
    expectedLogs?: number,
  ): Promise<Seen & { logs: ReceivedLog[] }>;
}

/**
 * Starts an application and an observer for the tests of a file or a `describe`. In the end no log may be
 * lost, no captured byte held and no warning (a leak of listeners, for instance) given.
 */
export function useBench(start: () => Promise<Application>, options: ReadmeOptions = {}): Bench {
  let application: Application;
  let observer: Observer;
  const warnings: Error[] = [];
  const warn = (warning: Error) => warnings.push(warning);
  beforeAll(async () => {
    process.on('warning', warn);
    observer = await startObserver(options);
    application = await start();
  });
  afterAll(async () => {
    process.off('warning', warn);
    await application.close();
    await observer.stop();
    expect(observer.instrumentation.stats().dropped).toEqual({});
    expect(processBudget.used).toBe(0);
    expect(warnings).toEqual([]);
  });

  async function compareSeen<Seen>(
    act: (application: Application) => Promise<Seen>,
    expectedLogs = 1,
  ) {
    observer.instrumentation.disable();
    observer.metrics.clear();
    const bare = await act(application);
    observer.instrumentation.enable();
    const seen = await act(application);
    expect(seen).toEqual(bare);
    const logs = await settledLogs(observer, expectedLogs);
    expect(logs).toHaveLength(expectedLogs);
    return { ...seen, logs };
  }

  return {
    get application() {
      return application;
    },
    get observer() {
      return observer;
    },
    compareSeen,
    async compare(call) {
      let answer: Answer | undefined;
      const { logs } = await compareSeen(async (target) => {
        answer = await send(target, call);
        return { answer: comparable(answer) };
      });
      const log = logs[0] as ReceivedLog;
      const entry = entryOf(log);
      expectRequest(entry, call, application);
      expectResponse(entry, answer as Answer);
      expect(log.clientIPAddress).toBe('127.0.0.1');
      return { answer: answer as Answer, log, entry };
    },
  };
}

/** All logs, once there are so many; an aborted exchange ends when the server has noticed. */
async function settledLogs(observer: Observer, count: number): Promise<ReceivedLog[]> {
  let logs: ReceivedLog[] = [];
  await until(async () => {
    logs = await observer.logs();
    return logs.length >= count;
  });
  return logs;
}

/** What the log says of the request is what the client sent. */
function expectRequest({ request }: Entry, call: Call, { port, certificate }: Target): void {
  const url = `http${certificate === undefined ? '' : 's'}://127.0.0.1:${port}${call.path}`;
  const body = sentBody(call);
  const type = call.headers?.['Content-Type'] ?? '';
  expect(request.method).toBe(call.method ?? 'GET');
  expect(request.url).toBe(url);
  expect(request.queryString.map(({ name, value }) => [name, value])).toEqual([
    ...new URL(url).searchParams,
  ]);
  for (const [name, value] of Object.entries(call.headers ?? {})) {
    if (name !== 'Authorization') expect(request.headers).toContainEqual({ name, value });
  }
  expect(request.bodySize).toBe(body.length);
  if (body.length === 0) {
    expect(request).not.toHaveProperty('postData');
    return;
  }
  expect(request.postData?.mimeType).toBe(type || 'text/plain');
  if (type === 'application/x-www-form-urlencoded') {
    const params = [...new URLSearchParams(body.toString())];
    expect(request.postData?.params).toEqual(params.map(([name, value]) => ({ name, value })));
  } else if (!type.startsWith('multipart/') && isText(body)) {
    expect(brief(request.postData?.text)).toBe(brief(body.toString()));
  }
}

/** What the log says of the response is what the client received. */
function expectResponse({ response }: Entry, answer: Answer): void {
  const gzipped = answer.headers.some(
    ([name, value]) => /^content-encoding$/i.test(name) && value === 'gzip',
  );
  const body = gzipped ? gunzipSync(answer.body) : answer.body;
  expect(response.status).toBe(answer.status);
  expect(response.statusText).toBe(answer.statusText);
  expect(response.headers).toEqual(answer.headers.map(([name, value]) => ({ name, value })));
  expect(response.bodySize).toBe(answer.body.length);
  expect(response.content.size).toBe(body.length);
  if (isText(body)) {
    expect(response.content.encoding).toBeUndefined();
    expect(brief(response.content.text)).toBe(brief(body.toString()));
  } else {
    expect(response.content.encoding).toBe('base64');
    expect(response.content.text).toBe(body.toString('base64'));
  }
}

/** A failed comparison shall not print half a megabyte. */
function brief(text = ''): string {
  if (text.length < 1000) return text;
  return `${text.slice(0, 200)}… ${text.length} ${createHash('sha256').update(text).digest('hex')}`;
}

function isText(body: Buffer): boolean {
  return Buffer.from(body.toString()).equals(body);
}
