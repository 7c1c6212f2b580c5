import {
  type Agent,
  type ClientRequest,
  type IncomingMessage,
  type RequestOptions,
  request,
} from 'node:http';
import { request as secureRequest } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Call {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** An array is sent chunk by chunk, with chunked transfer coding. */
  readonly body?: string | Buffer | readonly string[];
  /** Default: a connection of its own. */
  readonly agent?: Agent;
  /** Disappear as soon as the first bytes of the response's body have come. */
  readonly abort?: boolean;
}

export interface Target {
  readonly port: number;
  /** Certificate of a server that speaks TLS. */
  readonly certificate?: string;
}

/** What a client gets to see of a response. */
export interface Answer {
  readonly status: number;
  readonly statusText: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
  readonly ending: 'complete' | 'aborted';
}

/** Sends a request over a real socket of 127.0.0.1. */
export async function send(target: Target, call: Call): Promise<Answer> {
  const { certificate, port } = target;
  const options: RequestOptions = {
    host: '127.0.0.1',
    port,
    path: call.path,
    method: call.method ?? 'GET',
    headers: { ...(call.body !== undefined && lengthOf(call.body)), ...call.headers },
    agent: call.agent ?? false,
  };
  const outgoing =
    certificate === undefined
      ? request(options)
      : secureRequest({ ...options, ca: certificate, servername: 'localhost' });
  const answer = new Promise<Answer>((resolve, reject) => {
    outgoing.on('error', reject);
    outgoing.on('response', (response) => resolve(read(response, call.abort === true)));
  });
  const [received] = await Promise.all([answer, write(outgoing, call.body)]);
  return received;
}

async function write(outgoing: ClientRequest, body: Call['body']): Promise<void> {
  for (const chunk of Array.isArray(body) ? body : []) {
    outgoing.write(chunk);
    await sleep(5);
  }
  outgoing.end(Array.isArray(body) ? undefined : body);
}

/** The body that a call sends, in one piece. */
export function sentBody({ body }: Call): Buffer {
  return typeof body === 'string' ? Buffer.from(body) : Buffer.from(flat(body));
}

/** The answer as a value to compare with another one: only the date may differ. */
export function comparable({ body, headers, ...rest }: Answer): unknown {
  return {
    ...rest,
    headers: headers.map(([name, value]) => `${name}: ${/^date$/i.test(name) ? '*' : value}`),
    body: body.toString('latin1'),
  };
}

function flat(body: Call['body']): Buffer {
  if (body === undefined) return Buffer.alloc(0);
  return Buffer.isBuffer(body) ? body : Buffer.from([body].flat().join(''));
}

function lengthOf(body: NonNullable<Call['body']>): Record<string, string | number> {
  return Array.isArray(body)
    ? { 'Transfer-Encoding': 'chunked' }
    : { 'Content-Length': Buffer.byteLength(body as string | Buffer) };
}

function read(response: IncomingMessage, abort: boolean): Promise<Answer> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      if (abort) response.destroy();
    });
    response.on('error', () => {}); // an aborted response; `close` follows
    response.on('close', () =>
      resolve({
        status: response.statusCode ?? 0,
        statusText: response.statusMessage ?? '',
        headers: pairs(response.rawHeaders),
        body: Buffer.concat(chunks),
        ending: response.complete ? 'complete' : 'aborted',
      }),
    );
  });
}

function pairs(raw: readonly string[]): [string, string][] {
  return raw.flatMap((name, index) =>
    index % 2 === 0 ? [[name, raw[index + 1] ?? ''] as [string, string]] : [],
  );
}
