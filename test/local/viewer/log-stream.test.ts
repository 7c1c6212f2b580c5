import { afterEach, expect, it } from 'vitest';
import {
  type LocalMetricsServer,
  startLocalMetricsServer,
} from '../../../src/local/metrics-server';
import { logOf, postLogs } from '../../support/viewer-logs';

let server: LocalMetricsServer;
const controllers: AbortController[] = [];

afterEach(async () => {
  for (const controller of controllers.splice(0)) controller.abort();
  await server.close();
});

interface LogsEvent {
  lastEventId: string;
  data: { first: number; complete: boolean; logs: { n: number; id: string }[] };
}

/** Reads events until `enough` says so. */
async function read(
  path: string,
  enough: (events: LogsEvent[]) => boolean,
  whenOpen: () => unknown = () => {},
): Promise<LogsEvent[]> {
  const controller = new AbortController();
  controllers.push(controller);
  const response = await fetch(`${server.url}${path}`, { signal: controller.signal });
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  await whenOpen();
  const events: LogsEvent[] = [];
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    text += decoder.decode(chunk, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const event = /^id: (.*)\nevent: logs\ndata: (.*)$/m.exec(block);
      if (event) events.push({ lastEventId: event[1] ?? '', data: JSON.parse(event[2] ?? '') });
    }
    if (enough(events)) break;
  }
  return events;
}

const count = (events: LogsEvent[]) => events.flatMap(({ data }) => data.logs).length;

it('tells a new page of the logs that there are, and then of each that comes', async () => {
  server = await startLocalMetricsServer({ viewer: true });
  await postLogs(server.url, [logOf({ id: 'a' })]);
  const events = await read(
    '/viewer/events',
    (seen) => count(seen) >= 3,
    () => postLogs(server.url, [logOf({ id: 'b' }), logOf({ id: 'c' })]),
  );
  expect(events.flatMap(({ data }) => data.logs.map(({ n, id }) => [n, id]))).toEqual([
    [0, 'a'],
    [1, 'b'],
    [2, 'c'],
  ]);
  // The logs of one request come in one event.
  expect(events).toHaveLength(2);
});

it('says at once when there is none', async () => {
  server = await startLocalMetricsServer({ viewer: true });
  const [event] = await read('/viewer/events', ({ length }) => length > 0);
  expect(event?.data).toEqual({ first: 0, complete: true, logs: [] });
});

it('goes on where a page was, and begins anew for one that knew another run', async () => {
  server = await startLocalMetricsServer({ viewer: true });
  await postLogs(server.url, [logOf(), logOf()]);
  const [before] = await read('/viewer/events', (seen) => count(seen) === 2);
  await postLogs(server.url, [logOf({ id: 'new' })]);

  const after = await read(
    `/viewer/events?after=${before?.lastEventId}`,
    (seen) => count(seen) > 0,
  );
  expect(after.flatMap(({ data }) => data.logs.map(({ id }) => id))).toEqual(['new']);
  const anew = await read('/viewer/events?after=otherrun.2', (seen) => count(seen) >= 3);
  expect(count(anew)).toBe(3);
});

it('tells that logs were cleared or let go of', async () => {
  server = await startLocalMetricsServer({ viewer: true, maxLogs: 2 });
  await postLogs(server.url, [logOf(), logOf(), logOf()]);
  const events = await read(
    '/viewer/events',
    (seen) => seen.at(-1)?.data.first === 3,
    () => server.clear(),
  );
  expect(events[0]?.data.first).toBe(1);
  expect(events.at(-1)?.data).toEqual({ first: 3, complete: true, logs: [] });
});

it('summarises a log in which nothing is of the type that it should be', async () => {
  server = await startLocalMetricsServer({ viewer: true });
  const hostile = {
    _id: 'x',
    group: { id: 'g', label: { toString: 'a' }, email: 5 },
    request: { log: { entries: [{ request: null, response: [], time: 'long', comment: {} }] } },
  };
  expect((await postLogs(server.url, [hostile])).status).toBe(202);
  const events = await read('/viewer/events', (seen) => count(seen) === 1);
  expect(events.at(-1)?.data.logs[0]).toMatchObject({
    id: 'x',
    method: '',
    status: 0,
    path: '',
    time: 0,
    label: '',
    email: '',
    development: false,
  });
});
