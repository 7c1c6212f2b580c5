import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { markLocalMetricsServer } from '../../src/capture/local-servers';
import type { ReceivedLog } from '../../src/local/metrics-server';
import { lastingPort } from './lasting-port';

/** One request to the metrics server, read to its end. */
export interface Delivered {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly socket: Socket;
  /** Paths of the exchanges that its logs are of. */
  readonly paths: readonly string[];
  readonly bytes: number;
  /** How many requests came before. */
  readonly index: number;
}

export type Answer = (delivered: Delivered) => void;

/** A metrics server that does whatever its `answer` does. */
export interface FaultyServer {
  readonly url: string;
  /** Every request that came, with `performance.now()` of its end. */
  readonly attempts: readonly { readonly at: number; readonly paths: readonly string[] }[];
  /** Paths of the logs that were answered with `take`. */
  readonly taken: readonly string[];
  /** Default: {@link FaultyServer.take}. */
  answer: Answer;
  /** Called when only the head of a request has come; true when nothing more is to be done about it. */
  atHead: ((request: IncomingMessage) => boolean) | undefined;
  /** Answers with 202. */
  readonly take: Answer;
  /** Forgets what came so far. */
  forget(): void;
  /** Refuses connections, and cuts those that are open. */
  goAway(): Promise<void>;
  /** Listens again, on the same port. */
  comeBack(): Promise<void>;
}

export async function startFaultyServer(): Promise<FaultyServer> {
  const attempts: { at: number; paths: string[] }[] = [];
  const taken: string[] = [];
  const server = createServer((request, response) => {
    if (faulty.atHead?.(request)) return;
    buffer(request).then(
      (body) => {
        const paths = (JSON.parse(body.toString()) as ReceivedLog[]).map(pathOf);
        const index = attempts.push({ at: performance.now(), paths }) - 1;
        const { socket } = request;
        faulty.answer({ request, response, socket, paths, bytes: body.length, index });
      },
      // The other side has gone away.
      () => {},
    );
  });
  markLocalMetricsServer(server);
  const listen = (port: number) =>
    new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const port = await lastingPort();
  await listen(port);
  const take: Answer = ({ paths, response }) => {
    taken.push(...paths);
    response.writeHead(202).end('OK');
  };
  const faulty: FaultyServer = {
    url: `http://127.0.0.1:${port}`,
    attempts,
    taken,
    answer: take,
    atHead: undefined,
    take,
    forget() {
      attempts.length = 0;
      taken.length = 0;
    },
    goAway: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
    comeBack: () => listen(port),
  };
  return faulty;
}

function pathOf(log: ReceivedLog): string {
  return new URL(log.request.log.entries[0].request.url).pathname;
}
