import { createServer, IncomingMessage, type Server, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { closeServer, listen } from '../support/observe';
import { type RawAnswer, rawExchange } from '../support/raw-client';
import { answer, type Tell } from './answer';
import type { Behaviour } from './behaviours';
import { clientSteps, type FuzzExchange, RESCUE_MILLIS, SERVERS } from './exchanges';
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
  readonly answer: RawAnswer;
  readonly seen: readonly (Seen | undefined)[];
  readonly rescued: boolean;
}

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

  /** Runs exchanges at the same time, each under its own number; resolves when nothing of them goes on. */
  async run(exchanges: readonly FuzzExchange[]): Promise<Outcome[]> {
    this.#behaviours.clear();
    this.#seen.clear();
    const answers = await Promise.all(exchanges.map((exchange, id) => this.#send(exchange, id)));
    await this.#calm();
    return answers.map((parts, id) => ({
      ...parts,
      seen: (exchanges[id] as FuzzExchange).requests.map((_, index) =>
        this.#seen.get(pathOf(id, index)),
      ),
    }));
  }

  async #send(exchange: FuzzExchange, id: number): Promise<Omit<Outcome, 'seen'>> {
    for (const [index, { behaviour }] of exchange.requests.entries()) {
      this.#behaviours.set(pathOf(id, index), behaviour);
    }
    const { port } = this.#servers.get(exchange.server) as { port: number };
    const { steps, destroyAfter } = clientSteps(exchange, (index) => pathOf(id, index));
    const began = performance.now();
    const answer = await rawExchange(port, steps, { destroyAfter });
    return {
      answer,
      rescued: destroyAfter === RESCUE_MILLIS && performance.now() - began >= RESCUE_MILLIS,
    };
  }

  /** No connection is open and no handler runs. */
  async #calm(): Promise<void> {
    // A server that has stopped reading does not notice that its client is gone.
    if (!(await this.#allClosed(100))) {
      for (const { server } of this.#servers.values()) server.closeAllConnections();
      await this.#allClosed(1000);
    }
    await Promise.race([Promise.all(this.#working), sleep(50)]);
    this.#working.clear();
    await sleep(10);
  }

  async #allClosed(millis: number): Promise<boolean> {
    const deadline = performance.now() + millis;
    for (const { server } of this.#servers.values()) {
      while ((await connections(server)) > 0) {
        if (performance.now() > deadline) return false;
        await sleep(2);
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
    watch(req, res, seen, behaviour.errorListeners);
    const work = handle(req, res, behaviour, seen, (fact) => facts.calls.push(fact));
    this.#working.add(work);
  }
}

export function pathOf(id: number, index: number): string {
  return `/${String(id).padStart(4, '0')}/${index}?q=1`;
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

function watch(
  req: IncomingMessage,
  res: ServerResponse,
  seen: Seen,
  errorListeners: boolean,
): void {
  const { request, response } = seen.facts;
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
  const remember = () => {
    if (closed) return;
    closed = true;
    // What was sent: an application may change statusCode afterwards.
    const { _header: head } = res as ServerResponse & { readonly _header?: string | null };
    seen.status = head ? Number(head.slice(9, 12)) : 0;
    seen.readToEnd = seen.ended;
    seen.finished = res.writableFinished;
  };
  res.on('close', remember);
  req.socket.once('close', () => setImmediate(remember));
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
