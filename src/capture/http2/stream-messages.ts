import type { IncomingHttpHeaders, OutgoingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { fieldTexts } from '../../record/field-texts';

/**
 * The request of an HTTP/2 stream that an application serves by Node's stream API, which makes no request object.
 * It has what Node's `Http2ServerRequest` has of a head, so that one grouping function serves both APIs.
 */
export class StreamRequest {
  readonly stream: ServerHttp2Stream;
  /** With the pseudo-header fields; the object that the application has, too. */
  readonly headers: IncomingHttpHeaders;
  /** Name, value, name, value, …, as they came in, without the pseudo-header fields. */
  readonly rawHeaders: string[];
  readonly method: string;
  /** `:path`. */
  readonly url: string;
  /** `:authority`; the empty string where the client has named none. */
  readonly authority: string;
  readonly scheme: string;
  readonly httpVersion = '2.0';

  constructor(stream: ServerHttp2Stream, headers: IncomingHttpHeaders) {
    this.stream = stream;
    this.headers = headers;
    this.rawHeaders = fieldTexts(headers);
    this.method = text(headers[':method']);
    this.url = text(headers[':path']);
    this.authority = text(headers[':authority']);
    this.scheme = text(headers[':scheme']);
  }

  /** The socket of the session, as far as Node lets it be used; it belongs to all its streams. */
  get socket(): NonNullable<ServerHttp2Stream['session']>['socket'] | undefined {
    return this.stream.session?.socket;
  }
}

/** The response of such a stream: what was sent of its head. */
export class StreamResponse {
  readonly req: StreamRequest;
  readonly stream: ServerHttp2Stream;

  constructor(request: StreamRequest) {
    this.req = request;
    this.stream = request.stream;
  }

  get headersSent(): boolean {
    return this.stream.headersSent;
  }

  /** 0 as long as no head was sent. */
  get statusCode(): number {
    return Number(this.stream.sentHeaders?.[':status'] ?? 0);
  }

  getHeaders(): OutgoingHttpHeaders {
    return { ...this.stream.sentHeaders };
  }

  getHeader(name: string): OutgoingHttpHeaders[string] {
    return this.stream.sentHeaders?.[name.toLowerCase()];
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
