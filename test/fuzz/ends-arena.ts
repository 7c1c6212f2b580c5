import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { closeServer, entryOf, listen, type Observer, startObserver } from '../support/observe';
import { rounds } from '../support/patience';
import { type EarlyEnd, KEY, MAX_BODY_BYTES } from './early-ends';
import { byPath } from './expected-log';
import { leaksOf } from './leaks';

/** Connections that are open at the same time. */
const WINDOW = 64;

/** Plays such exchanges against a server of its own, and holds their logs against what may leave. */
export class EndsArena {
  readonly #observer: Observer;
  readonly #server: Server;
  readonly #port: number;
  readonly #cases = new Map<string, EarlyEnd>();
  #count = 0;

  private constructor(observer: Observer, server: Server, port: number) {
    this.#observer = observer;
    this.#server = server;
    this.#port = port;
    server.on('request', (req, res) => {
      const one = this.#cases.get(req.url ?? '');
      if (one !== undefined) play(one, req, res);
    });
  }

  static async start(): Promise<EndsArena> {
    const observer = await startObserver({
      backgroundWorkerMode: false,
      bufferLength: 30,
      maxBodyBytes: MAX_BODY_BYTES,
      denylist: ['password'],
      groupingFunction: () => ({ apiKey: KEY }),
    });
    const server = createServer();
    return new EndsArena(observer, server, await listen(server));
  }

  async stop(): Promise<void> {
    await closeServer(this.#server);
    await this.#observer.stop();
  }

  /** @returns what is wrong with the log of each; `undefined` where there is none. */
  async check(cases: readonly EarlyEnd[]): Promise<(string[] | undefined)[]> {
    const paths = cases.map(() => `/${String(++this.#count).padStart(8, '0')}`);
    const queue = cases.entries();
    const sendNext = async () => {
      for (const [index, one] of queue) {
        this.#cases.set(paths[index] as string, one);
        await send(this.#port, one, paths[index] as string);
      }
    };
    await Promise.all(Array.from({ length: WINDOW }, sendNext));
    await rounds(4);
    this.#server.closeAllConnections();
    const logs = byPath(await this.#observer.logs());
    this.#observer.metrics.clear();
    this.#cases.clear();
    return cases.map((one, index) => {
      const [log] = logs.get(paths[index] as string) ?? [];
      return log === undefined ? undefined : faultsOf(one, log);
    });
  }
}

function faultsOf(one: EarlyEnd, log: Parameters<typeof entryOf>[0]): string[] {
  const { request, response } = entryOf(log);
  const leaks = leaksOf(log, one.needles).map((leak) => `leaked: ${leak}`);
  const { size, shown } =
    one.side === 'request'
      ? { size: request.bodySize, shown: request.postData }
      : { size: response.bodySize, shown: response.content };
  const isCut = size > 0 && size < one.body.length;
  const isMarked = shown?.comment !== undefined && shown.comment !== 'base64';
  return isCut && !isMarked
    ? [...leaks, `not marked as cut: ${size} of ${one.body.length}`]
    : leaks;
}

/** What the application does. */
function play(
  { side, type, coding, body, sent, framing, cause }: EarlyEnd,
  req: IncomingMessage,
  res: ServerResponse,
): void {
  req.on('error', () => {});
  res.on('error', () => {});
  if (side === 'response') {
    res.writeHead(200, {
      'Content-Type': type,
      ...(coding !== 'identity' && { 'Content-Encoding': coding }),
      ...(framing === 'length' && { 'Content-Length': body.length }),
    });
    res.write(body.subarray(0, sent));
    req.resume();
    // The client, where it is the client that ends it, has seen the head.
    if (cause.startsWith('the client')) return;
    setImmediate(() => (cause === 'the application destroys the request' ? req : res).destroy());
    return;
  }
  switch (cause) {
    case 'answered before it was read':
      res.end('early');
      req.resume();
      return;
    case 'answered and never read':
      res.end('early');
      return;
    case 'the application destroys the request':
      req.once('data', () => setImmediate(() => req.destroy()));
      return;
    case 'the application destroys the socket':
      req.once('data', () => setImmediate(() => res.socket?.destroy()));
      return;
    case 'the application throws away what comes':
      req.once('data', () => res.writeHead(413, { Connection: 'close' }).end());
      return;
    default:
      req.resume();
      req.on('end', () => res.end('whole'));
  }
}

/** What the client does; resolves when its connection is gone. */
function send(port: number, one: EarlyEnd, path: string): Promise<void> {
  const { side, type, coding, body, sent, framing, cause, sendsRest } = one;
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
    socket.on('error', () => {});
    socket.on('close', () => resolve());
    const isRequest = side === 'request';
    const chunk = (bytes: Buffer) =>
      framing === 'length'
        ? [bytes]
        : [Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')];
    const fields = [
      `Content-Type: ${type}`,
      framing === 'length' ? `Content-Length: ${body.length}` : 'Transfer-Encoding: chunked',
      ...(coding === 'identity' ? [] : [`Content-Encoding: ${coding}`]),
    ];
    const head = [
      `POST ${path} HTTP/1.1`,
      'Host: h',
      ...(isRequest ? fields : ['Content-Length: 0']),
    ];
    const first = isRequest ? chunk(body.subarray(0, sent)) : [];
    socket.write(Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), ...first]));
    const leave = async () => {
      await rounds(1);
      if (cause === 'the next chunk is none' && isRequest) socket.write('no chunk\r\n\r\n');
      if (cause === 'the client ends its half') socket.end();
      else if (sendsRest && isRequest && !cause.startsWith('the client')) {
        const last = framing === 'length' ? [] : [Buffer.from('0\r\n\r\n')];
        socket.write(Buffer.concat([...chunk(body.subarray(sent)), ...last]));
      }
      if (cause !== 'the client aborts') await rounds(1);
      socket.destroy();
    };
    // A server that answers is left when the answer is there; one that waits, when it has read.
    let left = false;
    const once = () => {
      if (!left) void leave();
      left = true;
    };
    socket.on('data', once);
    socket.on('end', once);
    if (isRequest && !/answered|throws/.test(cause)) socket.on('connect', once);
  });
}
