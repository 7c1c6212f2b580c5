import type {
  IncomingHttpHeaders,
  IncomingMessage,
  OutgoingHttpHeaders,
  ServerResponse,
} from 'node:http';
import { mostParsedBytes } from './parsed-size';
import { parseLogs, type ReceivedLog } from './received-log';

/** Bytes of a request body above which it is refused with 413. */
const MAX_BODY_BYTES = 10 * 1024 * 1024;

/**
 * Bytes of memory that the values in a body may take: 10 MiB of `{},` would be more than 200 MiB. Above it is
 * refused with 413, before it is parsed.
 */
const MAX_PARSED_BYTES = 128 * 1024 * 1024;

/** A request to `POST /v1/request`. The API key is not kept. */
export interface ReceivedRequest {
  /** Header fields by lower-case name, without `authorization`. */
  headers: IncomingHttpHeaders;
  /** Whether there was Basic authentication with a user name, which is where ReadMe expects the API key. */
  authorized: boolean;
  /** The last four characters of the API key; the empty string for a key of fewer than eight. */
  apiKeyEnding: string;
  /** Logs in the body; 0 when it was not an array of logs. */
  logCount: number;
  /** Bytes of the body on the wire. */
  bytes: number;
  /** Milliseconds since the Unix epoch at which the end of the body had arrived. */
  receivedAt: number;
}

/** A request to `POST /v1/request`, and what became of it. */
export interface AnsweredRequest extends ReceivedRequest {
  /** The status that it was answered with; its logs were taken if this is 2xx. */
  status: number;
}

/** How a request is answered. */
export interface LocalAnswer {
  status: number;
  headers?: OutgoingHttpHeaders;
  /** A string is sent as it is, anything else as JSON. Default: an empty body. */
  body?: unknown;
}

/** What the protocol needs from the server that speaks it. */
export interface MetricsBackend {
  /** Decides about a request that is in order. */
  judge: (request: ReceivedRequest, logs: ReceivedLog[]) => LocalAnswer;
  /** Told of every request to `POST /v1/request` when its answer is decided. */
  record: (request: AnsweredRequest) => void;
  /** Milliseconds between the end of a request and its answer. */
  delayMillis: number;
  /** The address of the documentation. */
  baseUrl: string;
}

/**
 * Answers one request the way ReadMe's metrics server does.
 *
 * Every answer waits for the end of the request body, so that a client always gets to read it.
 */
export function answerMetricsRequest(
  req: IncomingMessage,
  res: ServerResponse,
  backend: MetricsBackend,
): void {
  readBody(req, (body, bytes) => {
    let answer: LocalAnswer;
    try {
      answer = route(req, body, bytes, backend);
    } catch (error) {
      send(res, refusal(500, 'The function given to the local metrics server threw.'));
      throw error;
    }
    if (backend.delayMillis === 0) return send(res, answer);
    const timer = setTimeout(() => send(res, answer), backend.delayMillis);
    res.once('close', () => clearTimeout(timer));
  });
}

function route(
  req: IncomingMessage,
  body: Buffer | undefined,
  bytes: number,
  backend: MetricsBackend,
): LocalAnswer {
  switch (req.url?.split('?', 1)[0]) {
    case '/v1/request':
      if (req.method !== 'POST') return methodNotAllowed('POST');
      return receiveLogs(req, body, bytes, backend);
    case '/api/v1':
    case '/api/v1/':
      if (req.method !== 'GET') return methodNotAllowed('GET');
      return { status: 200, body: { baseUrl: backend.baseUrl } };
    default:
      return refusal(404, 'Known are POST /v1/request and GET /api/v1/.');
  }
}

function receiveLogs(
  req: IncomingMessage,
  body: Buffer | undefined,
  bytes: number,
  backend: MetricsBackend,
): LocalAnswer {
  const { authorization, ...headers } = req.headers;
  const apiKey = basicUser(authorization);
  const isTooLarge = body === undefined || mostParsedBytes(body) > MAX_PARSED_BYTES;
  const logs = isTooLarge ? [] : parseLogs(body);
  const request: ReceivedRequest = {
    headers,
    authorized: apiKey !== '',
    apiKeyEnding: apiKey.length < 8 ? '' : apiKey.slice(-4),
    logCount: typeof logs === 'string' ? 0 : logs.length,
    bytes,
    receivedAt: Date.now(),
  };

  let answer: LocalAnswer;
  if (!request.authorized) {
    answer = refusal(401, 'Basic authentication is missing; its user name is the API key.');
    answer.headers = { 'WWW-Authenticate': 'Basic' };
  } else if (body === undefined) {
    answer = refusal(413, `The body is larger than ${MAX_BODY_BYTES} bytes.`);
  } else if (isTooLarge) {
    answer = refusal(413, `The body holds more values than fit into ${MAX_PARSED_BYTES} bytes.`);
  } else if (typeof logs === 'string') {
    answer = refusal(400, logs);
  } else {
    answer = backend.judge(request, logs);
  }
  backend.record({ ...request, status: answer.status });
  return answer;
}

/** Calls `done` at the end of the body: never when the client goes away before. */
function readBody(
  req: IncomingMessage,
  done: (body: Buffer | undefined, bytes: number) => void,
): void {
  let chunks: Buffer[] = [];
  let bytes = 0;
  req.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
    else chunks = [];
  });
  req.on('end', () => {
    done(bytes <= MAX_BODY_BYTES ? Buffer.concat(chunks) : undefined, bytes);
  });
}

/** The user name of Basic authentication (RFC 7617); the empty string when there is none. */
function basicUser(authorization: string | undefined): string {
  const credentials = /^Basic +([A-Za-z0-9+/]+=*) *$/i.exec(authorization ?? '')?.[1] ?? '';
  return Buffer.from(credentials, 'base64').toString('utf8').split(':', 1)[0] ?? '';
}

function methodNotAllowed(allowed: string): LocalAnswer {
  return { ...refusal(405, `Only ${allowed} is allowed here.`), headers: { Allow: allowed } };
}

function refusal(status: number, error: string): LocalAnswer {
  return { status, body: { error } };
}

function send(res: ServerResponse, { status, headers, body }: LocalAnswer): void {
  res.statusCode = status;
  for (const [name, value] of Object.entries(headers ?? {})) {
    if (value !== undefined) res.setHeader(name, value);
  }
  if (body === undefined) {
    res.end();
  } else if (typeof body === 'string') {
    res.end(body);
  } else {
    if (!res.hasHeader('content-type')) res.setHeader('Content-Type', 'application/json');
    res.end(JSON.stringify(body));
  }
}
