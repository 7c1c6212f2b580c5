import { createReadStream } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const OWLBERT = fileURLToPath(new URL('./public/owlbert.txt', import.meta.url));

/** The scenarios' application without any framework. */
export async function plainApp(req: IncomingMessage, res: ServerResponse): Promise<void> {
  try {
    await answer(req, res);
  } catch (error) {
    const isSyntax = error instanceof SyntaxError;
    res.writeHead(isSyntax ? 400 : 500, { 'Content-Type': 'text/plain' });
    res.end(isSyntax ? 'no JSON' : 'it broke');
  }
}

async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(req.url ?? '', 'http://localhost');
  const [, api, users, id, posts, post] = pathname.split('/');
  if (api === 'api' && users === 'users' && posts === 'posts') {
    return sendJson(res, 200, { id, post: decodeURIComponent(post ?? '') });
  }
  switch (`${req.method} ${pathname}`) {
    case 'POST /echo':
      return sendJson(res, 201, JSON.parse(await readText(req)));
    case 'POST /form':
      return sendJson(res, 201, Object.fromEntries(new URLSearchParams(await readText(req))));
    case 'POST /big':
      res.end((JSON.parse(await readText(req)) as { text: string }).text);
      return;
    case 'GET /throw':
      throw new Error('on purpose');
    case 'GET /reject':
      return Promise.reject(new Error('on purpose'));
    case 'GET /stream':
      return pipeline(chunks, res);
    case 'GET /file':
      res.setHeader('Content-Type', 'text/plain');
      return pipeline(createReadStream(OWLBERT), res);
    case 'GET /search':
    case 'HEAD /search':
      return sendJson(res, 200, Object.fromEntries(searchParams));
    case 'DELETE /thing':
      res.writeHead(204).end();
      return;
    case 'GET /endless':
      res.write('first');
      return;
    default:
      res.writeHead(404).end('not here');
  }
}

/** What `GET /stream` streams. */
export async function* chunks(): AsyncGenerator<string> {
  for (const chunk of ['one ', 'two ', 'three']) {
    yield chunk;
    await sleep(2);
  }
}

async function readText(req: IncomingMessage): Promise<string> {
  req.setEncoding('utf8');
  let text = '';
  for await (const chunk of req) text += chunk;
  return text;
}

function sendJson(res: ServerResponse, status: number, value: unknown): void {
  res.writeHead(status, { 'Content-Type': 'application/json' });
  res.end(JSON.stringify(value));
}
