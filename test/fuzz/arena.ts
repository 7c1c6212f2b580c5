import { createServer, IncomingMessage, type Server, ServerResponse } from 'node:http';
import { closeServer, listen } from '../support/observe';
import { rounds } from '../support/patience';
import { answer, type Tell } from './answer';
import type { Behaviour } from './behaviours';
import { type ClientView, converse } from './client';
import { clientPlan, type FuzzExchange, SERVERS } from './exchanges';
import { readBody } from './read-styles';

/** What the application saw of one request. */
export interface Seen {
  /** In order, but for what comes of different objects. */
  readonly facts: { request: unknown[]; response: unknown[]; calls: unknown[] };
  /** The body as far as it was read, and whether to its end. */
  readonly read: Buffer[];
  ended: boolean;
  /** Before the response closed, which is when a log is made. */
  readToEnd: boolean;
  readonly method: string;
  /** At the end of the exchange. */
  status: number;
  finished: boolean;
}

export interface Outcome {
  readonly client: ClientView;
  /** Of every request: the path under which it was sent, in this run and no other. */
  readonly paths: readonly string[];
  /** Of every request that reached the application. */
  readonly seen: readonly (Seen | undefined)[];
}

/** Connections that are open at the same time. */
const WINDOW = 128;

class OwnRequest extends IncomingMessage {}
class OwnResponse extends ServerResponse {
  override write(chunk: unknown, encoding?: unknown, callback?: unknown): boolean {
    const args = [chunk, encoding, callback].slice(0, callback ? 3 : encoding ? 2 : 1);
    return Reflect.apply(super.write, this, args) as boolean;
  }
}

/** Servers that play every exchange that is sent to them, and clients that send. */
export class Arena {
  readonly #servers = new Map<string, { server: Server; port: number }>();
  readonly #behaviours = new Map<string, Behaviour>();
  readonly #seen = new Map<string, Seen>();
  readonly #working = new Set<Promise<void>>();
  #runs = 0;

  async open(): Promise<this> {
    for (const kind of SERVERS) {
      const server = createServer({
        ...(kind === 'strict' && { rejectNonStandardBodyWrites: true, highWaterMark: 64 }),
        ...(kind === 'subclass' && { IncomingMessage: OwnRequest, ServerResponse: OwnResponse }),
      });
      const play = (req: IncomingMessage, res: ServerResponse) => this.#play(req, res);
      server.on('request', play);
      if (kind === 'checkContinue') server.on('checkContinue', play);
      this.#servers.set(kind, { server, port: await listen(server) });
    }
    return this;
  }

  async close(): Promise<void> {
    for (const { server } of this.#servers.values()) await closeServer(server);
  }

  /** Runs exchanges, many at the same time; resolves when nothing of them goes on. */
  async run(exchanges: readonly FuzzExchange[]): Promise<Outcome[]> {
    this.#runs++;
    this.#behaviours.clear();
    this.#seen.clear();
    const sent: Omit<Outcome, 'seen'>[] = [];
    const queue = exchanges.entries();
    const sendNext = async () => {
      // All take from one queue: who waits for a server that hangs keeps nobody else waiting.
      for (const [id, exchange] of queue) sent[id] = await this.#send(exchange, id);
    };
    await Promise.all(Array.from({ length: WINDOW }, sendNext));
    await this.#calm();
    return sent.map((one) => ({ ...one, seen: one.paths.map((path) => this.#seen.get(path)) }));
  }

  async #send(exchange: FuzzExchange, id: number): Promise<Omit<Outcome, 'seen'>> {
    const paths = exchange.requests.map((_, index) => pathOf(this.#runs, id, index));
    for (const [index, { behaviour }] of exchange.requests.entries()) {
      this.#behaviours.set(paths[index] as string, behaviour);
    }
    const { port } = this.#servers.get(exchange.server) as { port: number };
    return { paths, client: await converse(port, clientPlan(exchange, paths)) };
  }

  /** No connection is open and no handler runs. */
  async #calm(): Promise<void> {
    // A server that has stopped reading does not notice that its client is gone.
    if (!(await this.#allClosed(40))) {
      for (const { server } of this.#servers.values()) server.closeAllConnections();
      await this.#allClosed(400);
    }
    await Promise.race([Promise.all(this.#working), rounds(20)]);
    this.#working.clear();
    await rounds(4);
  }

  /** Both ends are in this process: what matters is how many turns it has had, not how long they took. */
  async #allClosed(mostRounds: number): Promise<boolean> {
    let left = mostRounds;
    for (const { server } of this.#servers.values()) {
      while ((await connections(server)) > 0) {
        if (left-- === 0) return false;
        await rounds(1);
      }
    }
    return true;
  }

  #play(req: IncomingMessage, res: ServerResponse): void {
    const facts: Seen['facts'] = { request: [], response: [], calls: [] };
    const seen: Seen = {
      facts,
      read: [],
      ended: false,
      readToEnd: false,
      method: req.method ?? '',
      status: 0,
      finished: false,
    };
    const path = req.url ?? '';
    const behaviour = this.#behaviours.get(path);
    if (behaviour === undefined || this.#seen.has(path)) {
      facts.calls.push('unexpected');
      res.end();
      return;
    }
    this.#seen.set(path, seen);
    look(req, res, facts.calls);
    const over = watch(req, res, seen, behaviour.errorListeners);
    const { socket } = req;
    const work = handle(req, res, behaviour, seen, (fact) => {
      facts.calls.push(fact);
      // A pipelined response that ends when its connection is gone has no more to wait for.
      if (res.writableEnded && res.socket === null && socket.destroyed) over();
    });
    this.#working.add(work);
  }
}

/** Always as long, so that packets end at the same places in every run. */
function pathOf(run: number, id: number, index: number): string {
  return `/${String(run).padStart(6, '0')}-${String(id).padStart(4, '0')}/${index}?q=1`;
}

function connections(server: Server): Promise<number> {
  return new Promise((resolve) => server.getConnections((_error, count) => resolve(count)));
}

/** What an application can find out about its request and response before it does anything. */
function look(req: IncomingMessage, res: ServerResponse, calls: unknown[]): void {
  calls.push(
    req.readableFlowing,
    Object.keys(req),
    Object.keys(res),
    Object.keys(req.headers),
    req.rawHeaders,
  );
  calls.push(
    ['data', 'end', 'error', 'readable', 'close', 'aborted'].map((name) => req.listenerCount(name)),
  );
  calls.push(['drain', 'error', 'pipe'].map((name) => res.listenerCount(name)));
  if (!(res instanceof OwnResponse))
    calls.push([res.write.length, res.end.length, res.writeHead.length, req.push.length]);
}

/** @returns what to call when the exchange is over, if neither response nor connection say so. */
function watch(
  req: IncomingMessage,
  res: ServerResponse,
  seen: Seen,
  errorListeners: boolean,
): () => void {
  const { request, response } = seen.facts;
  const { socket } = req;
  for (const name of ['end', 'close', 'aborted']) req.on(name, () => request.push(name));
  req.on('end', () => {
    seen.ended = true;
    request.push(req.rawTrailers);
  });
  if (errorListeners)
    req.on('error', (error: NodeJS.ErrnoException) => request.push(['error', error.code]));
  for (const name of ['finish', 'prefinish', 'close', 'pipe', 'unpipe']) {
    res.on(name, () =>
      response.push([name, res.headersSent, res.writableEnded, res.writableFinished]),
    );
  }
  res.on('error', (error: NodeJS.ErrnoException) => response.push(['error', error.code]));
  let closed = false;
  // Node emits this in end(), and calls a response finished even if its socket was destroyed before.
  let inVain = false;
  res.on('prefinish', () => {
    inVain = socket.destroyed;
  });
  const remember = () => {
    if (closed) return;
    closed = true;
    // What was sent: an application may change statusCode afterwards.
    const { _header: head } = res as ServerResponse & { readonly _header?: string | null };
    seen.status = head ? Number(head.slice(9, 12)) : 0;
    seen.readToEnd = seen.ended;
    seen.finished = res.writableFinished && !inVain;
  };
  res.on('close', remember);
  socket.once('close', () => setImmediate(remember));
  return remember;
}

async function handle(
  req: IncomingMessage,
  res: ServerResponse,
  behaviour: Behaviour,
  seen: Seen,
  tell: Tell,
): Promise<void> {
  const take = (chunk: Buffer | string) => seen.read.push(Buffer.from(chunk as string));
  const reading = readBody(req, behaviour.read, take).then(
    () => tell('read'),
    (error: NodeJS.ErrnoException) => tell(['reading failed', error.code]),
  );
  try {
    if (behaviour.answer === 'when read') await reading;
    if (behaviour.answer === 'after a tick') await new Promise((resolve) => setImmediate(resolve));
    await answer(req, res, behaviour, tell);
    await reading;
  } catch (error) {
    tell(['failed', (error as NodeJS.ErrnoException).code ?? String(error)]);
  }
}
