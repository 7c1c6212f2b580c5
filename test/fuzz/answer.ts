import type { IncomingMessage, ServerOptions, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Act, Behaviour, HeadForm } from './behaviours';

/** Where an application tells what it noticed, so that two runs can be compared. */
export type Tell = (fact: unknown) => void;

/** Answers as the behaviour says, and tells what every call returned or threw. */
export async function answer(
  req: IncomingMessage,
  res: ServerResponse,
  { acts, ending, late }: Behaviour,
  tell: Tell,
): Promise<void> {
  try {
    for (const [index, act] of acts.entries()) {
      const performed = attempt(`${index} ${act.do}`, tell, () =>
        perform(req, res, act, acts, ending, tell),
      );
      if (performed instanceof Promise) await performed;
      if (act.do === 'throw') throw new Error('on purpose');
    }
  } catch {
    if (!res.headersSent) res.statusCode = 500;
    attempt('failed', tell, () => res.end('failed') === res);
    return;
  }
  attempt('ending', tell, () =>
    'with' in ending
      ? breakOff(req, res, ending.with)
      : perform(req, res, ending, acts, ending, tell),
  );
  for (const [index, call] of late.entries()) {
    if (index === 1) await sleep(1);
    attempt(`late ${call}`, tell, () => afterwards(res, call));
  }
}

function attempt(name: string, tell: Tell, call: () => unknown): unknown {
  try {
    const result = call();
    tell([name, result instanceof Promise ? 'promise' : result]);
    return result;
  } catch (error) {
    tell([name, 'threw', (error as NodeJS.ErrnoException).code ?? String(error)]);
    return undefined;
  }
}

function perform(
  req: IncomingMessage,
  res: ServerResponse,
  act: Act,
  acts: readonly Act[],
  ending: Behaviour['ending'],
  tell: Tell,
): unknown {
  switch (act.do) {
    case 'write':
    case 'end':
      return writeChunk(res, act, tell);
    case 'writeHead':
      return writeHead(res, act.form, act.status) === res;
    case 'status':
      res.statusCode = act.status;
      return;
    case 'header':
      return res.setHeader(act.line[0], act.line[1]) === res;
    case 'contentLength':
      res.setHeader(
        'Content-Length',
        [...acts, ending].reduce((sum, one) => sum + lengthOf(one as Act), 0),
      );
      return;
    case 'sleep':
      return sleep(act.millis);
    case 'flushHeaders':
      return res.flushHeaders();
    case 'cork':
      return res.cork();
    case 'uncork':
      return res.uncork();
    case 'continue':
      return res.writeContinue(() => tell('continued'));
    case 'processing':
      return res.writeProcessing();
    case 'earlyHints':
      return res.writeEarlyHints({ link: '</a.css>; rel=preload' }, () => tell('hinted'));
    case 'trailers':
      return res.addTrailers({ 'X-Sum': '1' });
    case 'noDate':
      res.sendDate = false;
      return;
    case 'write number':
      return res.write(123 as unknown as string);
    case 'write null':
      return res.write(null as unknown as string);
    case 'end number':
      return res.end({} as unknown as string) === res;
    case 'bad header':
      return res.setHeader('X-Bad', 'a\r\nb');
    case 'emit error':
      return res.emit('error', Object.assign(new Error('x'), { code: 'E_TEST' }));
    case 'drain':
      return Promise.race([new Promise((resolve) => res.once('drain', resolve)), sleep(3)]);
    case 'pipe in':
      pipeIn(req, res, tell);
      return;
    case 'wait for end':
      return Promise.race([new Promise((resolve) => req.once('end', resolve)), sleep(5)]);
    case 'throw':
      return;
  }
}

function writeChunk(
  res: ServerResponse,
  { do: method, chunk, callback }: Extract<Act, { chunk?: unknown }>,
  tell: Tell,
): unknown {
  const args: unknown[] = [];
  let reused: Buffer | undefined;
  if (chunk !== undefined) {
    if (chunk.as === 'string') {
      args.push(chunk.text);
      if (chunk.encoding !== undefined) args.push(chunk.encoding);
    } else if (chunk.as === 'Uint8Array') {
      args.push(new Uint8Array(chunk.bytes));
    } else {
      args.push(Buffer.from(chunk.bytes));
      if (chunk.as === 'reused') reused = args[0] as Buffer;
    }
  }
  if (callback || reused !== undefined) {
    args.push((error?: NodeJS.ErrnoException | null) => {
      reused?.fill(0x23);
      if (callback) tell([`${method} called back`, error?.code ?? error ?? 'ok']);
    });
  }
  const result: unknown = Reflect.apply(res[method], res, args);
  return result === res ? 'response' : result;
}

/**
 * By hand on a server that has `write()` throw where there is no body (`rejectNonStandardBodyWrites`):
 * out of `pipe()` nobody could catch that, and the application would crash, package or not.
 */
function pipeIn(req: IncomingMessage, res: ServerResponse, tell: Tell): void {
  if (!rejectsBodies(req)) {
    req.pipe(res);
    return;
  }
  res.on('drain', () => req.resume());
  req.on('data', (chunk: Buffer) => {
    attempt('piped', tell, () => {
      const more = res.write(chunk);
      if (!more) req.pause();
      return more;
    });
  });
  req.once('end', () => attempt('piped to the end', tell, () => res.end() === res));
}

function rejectsBodies({ socket }: IncomingMessage): boolean {
  // A request that is destroyed has no socket any more, whatever its type says.
  const holder = socket as (Socket & { readonly server?: Partial<ServerOptions> }) | null;
  return holder?.server?.rejectNonStandardBodyWrites === true;
}

/** Bytes that an act means to write. */
function lengthOf(act: Act | { with: string }): number {
  if (!('chunk' in act) || act.chunk === undefined) return 0;
  return act.chunk.as === 'string'
    ? Buffer.byteLength(act.chunk.text, act.chunk.encoding)
    : act.chunk.bytes.length;
}

function writeHead(res: ServerResponse, form: HeadForm, status: number): ServerResponse {
  switch (form) {
    case 'status':
      return res.writeHead(status);
    case 'reason':
      return res.writeHead(status, 'Made up');
    case 'object':
      return res.writeHead(status, { 'Content-Type': 'text/plain', 'X-Many': ['a', 'b'] });
    case 'reason and object':
      return res.writeHead(status, 'caf\xe9', { 'X-Head': '1' });
    case 'array':
      return res.writeHead(status, ['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2']);
    case 'pairs':
      return res.writeHead(status, [
        ['X-Pair', '1'],
        ['X-Pair', '2'],
      ] as unknown as string[]);
  }
}

function breakOff(req: IncomingMessage, res: ServerResponse, how: string): unknown {
  switch (how) {
    case 'destroy':
      return res.destroy() === res;
    case 'destroy with error':
      return res.destroy(Object.assign(new Error('x'), { code: 'E_BREAK' })) === res;
    case 'destroy socket':
      return req.socket.destroy() === req.socket;
    case 'end socket':
      return req.socket.end() === req.socket;
    case 'request destroy':
      return req.destroy() === req;
    default:
      return 'hangs';
  }
}

function afterwards(res: ServerResponse, call: Behaviour['late'][number]): unknown {
  switch (call) {
    case 'write':
      return res.write('LATE');
    case 'end':
      return res.end('LATE') === res;
    case 'writeHead':
      return res.writeHead(500) === res;
    case 'header':
      return res.setHeader('X-Late', '1') === res;
    case 'destroy':
      return res.destroy() === res;
  }
}
