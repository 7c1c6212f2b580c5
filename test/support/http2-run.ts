import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  createSecureServer,
  createServer,
  type Http2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import net, { type AddressInfo, type Socket } from 'node:net';
import tls from 'node:tls';
import { rounds } from './patience';

/** Whether this Node publishes `http2.server.stream.start`. */
export const HAS_STREAM_CHANNEL = (() => {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  return major > 24 || (major === 24 && minor >= 2) || (major === 22 && minor >= 17);
})();

/** What one side noticed; it must be the same with and without the package. */
export type Report = (...fact: unknown[]) => void;

export interface Http2Case {
  /** An application of the stream API. */
  stream?: (
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
    report: Report,
  ) => void | Promise<void>;
  /** An application of the compatibility API. */
  request?: (
    request: Http2ServerRequest,
    response: Http2ServerResponse,
    report: Report,
  ) => void | Promise<void>;
  /** What the client does; by default it sends one GET and reads the answer. */
  client?: (client: Client) => Promise<unknown>;
  isSecure?: boolean;
  /** For what needs listeners of other events. */
  prepare?: (server: Http2Server, report: Report) => void;
}

export interface Http2Outcome {
  readonly port: number;
  readonly server: unknown[];
  readonly client: unknown[];
}

/** A real client, which reports all that it sees. */
export class Client {
  readonly session: ClientHttp2Session;
  /** Of the session, which does not let it be destroyed. */
  readonly socket: Socket;
  readonly #report: Report;

  constructor(session: ClientHttp2Session, socket: Socket, report: Report) {
    this.session = session;
    this.socket = socket;
    this.#report = report;
    session.on('error', (error: NodeJS.ErrnoException) => report('session error', error.code));
    session.on('goaway', (code, lastStream) => report('goaway', code, lastStream));
    session.on('stream', (pushed, headers) => {
      report('pushed', headers[':path']);
      void this.read(pushed, 'push');
    });
  }

  /** Opens a stream; its end is awaited by {@link read}. */
  open(headers: OutgoingHttpHeaders, endStream = false): ClientHttp2Stream {
    return this.session.request({ ':authority': 'api.example.com', ...headers }, { endStream });
  }

  /** Sends a request with its body, and reads the answer. */
  async send(headers: OutgoingHttpHeaders = {}, body?: string | Buffer): Promise<void> {
    const stream = this.open(headers, body === undefined);
    if (body !== undefined) stream.end(body);
    await this.read(stream);
  }

  async read(stream: ClientHttp2Stream, what = 'answer'): Promise<void> {
    const hash = createHash('sha1');
    let bytes = 0;
    const heard = (event: string) => (headers: object) =>
      this.#report(what, event, JSON.stringify(withoutDate(headers)));
    stream.on('response', heard('response'));
    stream.on('push', heard('push'));
    stream.on('headers', heard('headers'));
    stream.on('trailers', heard('trailers'));
    stream.on('aborted', () => this.#report(what, 'aborted'));
    stream.on('error', (error: NodeJS.ErrnoException) => this.#report(what, 'error', error.code));
    stream.on('end', () => this.#report(what, 'end'));
    stream.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      hash.update(chunk);
    });
    await new Promise((resolve) => stream.on('close', resolve));
    this.#report(what, 'closed', stream.rstCode, bytes, hash.digest('hex'));
  }
}

export async function runHttp2({
  stream,
  request,
  client = (one) => one.send({ ':path': '/' }),
  isSecure = false,
  prepare,
}: Http2Case): Promise<Http2Outcome> {
  const facts = { server: [] as unknown[], client: [] as unknown[] };
  const reportServer: Report = (...fact) => facts.server.push(fact);
  const server = isSecure ? createSecureServer(certificate()) : createServer();
  const sessions = new Set<{ destroy(): void }>();
  server.on('session', (session) => sessions.add(session));
  server.on('sessionError', (error: NodeJS.ErrnoException) =>
    reportServer('session error', error.code),
  );
  if (stream !== undefined) {
    server.on('stream', (opened, headers) => {
      opened.on('error', (error: NodeJS.ErrnoException) => reportServer('error', error.code));
      opened.on('aborted', () => reportServer('aborted'));
      opened.on('close', () => reportServer('closed', opened.rstCode));
      void stream(opened, headers, reportServer);
    });
  }
  if (request !== undefined) {
    server.on('request', (req, res) => {
      res.on('close', () => reportServer('response closed'));
      void request(req, res, reportServer);
    });
  }
  prepare?.(server, reportServer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const socket = isSecure
    ? tls.connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ALPNProtocols: ['h2'] })
    : net.connect({ port, host: '127.0.0.1' });
  const session = connect(`${isSecure ? 'https' : 'http'}://127.0.0.1:${port}`, {
    createConnection: () => socket,
  });
  await client(new Client(session, socket, (...fact) => facts.client.push(fact)));
  session.destroy();
  await rounds();
  for (const one of sessions) one.destroy();
  await new Promise((resolve) => server.close(resolve));
  return { port, ...facts };
}

/** Self-signed, valid for `localhost` from 2020 to 2120. */
export function certificate(): { key: string; cert: string } {
  const pem = readFileSync(new URL('./localhost.pem', import.meta.url), 'utf8');
  return { key: pem, cert: pem };
}

function withoutDate(headers: object): object {
  const { date, ...rest } = headers as { date?: string };
  return { ...rest, hasDate: date !== undefined };
}

/** All of a request's body. */
export async function readAll(readable: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of readable) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
