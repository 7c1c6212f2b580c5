import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { ByteReservation } from '../record/byte-budget';
import { requestFields } from '../record/field-texts';
import type { BodySource, RecordSource } from '../record/record';
import type { Caller } from './caller';
import type { CaptureSettings } from './capture-settings';
import { CapturedBody } from './captured-body';
import type { Client } from './client-address';
import { endedEarly, nodeAnswer } from './node-answers';
import { headBlock } from './response-head';
import { bytesSentBefore, bytesSince, isSentUnseen } from './sent-bytes';

const CONTENT_LENGTH = /^content-length: *(\d+) *\r?$/im;
/** A target that is a whole URL (RFC 9112 §3.2.2), as proxies receive it; of which scheme does not matter. */
const ABSOLUTE_FORM = /^[a-z][a-z0-9+.-]*:\/\//i;
const NO_TEXTS: readonly string[] = [];
const NO_BODY: BodySource = { size: 0, loss: undefined, blocks: [] };
const UNSEEN_BODY: BodySource = { size: 0, loss: 'unseen', blocks: [] };

/**
 * What is captured of a request and its response. The record is written from it as it is, so that nothing is
 * made in between.
 */
export abstract class CapturedExchange implements RecordSource {
  readonly logId = randomUUID();
  readonly startTime = Date.now();
  /**
   * Method, target and header fields as they came in: applications change them on the request, as
   * Express does with `url` for every router.
   */
  readonly method: string;
  readonly target: string;
  readonly requestHeaders: readonly string[];
  readonly httpVersion: string;
  readonly settings: CaptureSettings;

  /** Trace id of the application's own server span. */
  traceId: string | undefined = undefined;
  /** Route template. */
  route: string | undefined = undefined;
  /** Milliseconds until the response head; undefined when none was sent. */
  wait: number | undefined = undefined;
  /** True when the connection closed before the response was complete. */
  aborted = false;
  /** True when the request has come to its end. */
  requestEnded = false;
  /** True when the response has had its turn on the connection. */
  detached = false;
  /** True when nothing of the response has gone out, though its head was made. */
  protected unsent = false;
  /** Status line and header block as they were sent; undefined when none were. */
  responseHead: string | undefined = undefined;
  /** False once the exchange is closed, and once it is decided that it is not logged: nothing more is kept. */
  capturing = true;

  /** Who made the request; undefined while it is not known, and when the exchange is not logged. */
  abstract readonly caller: Caller | undefined;
  abstract readonly duration: number;

  readonly #client: Client;
  readonly #sentBefore: number;
  readonly #reservation: ByteReservation;
  #requestBody: CapturedBody | undefined = undefined;
  #responseBody: CapturedBody | undefined = undefined;
  #isUnseen = false;

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    client: Client,
    settings: CaptureSettings,
    reservation: ByteReservation,
  ) {
    this.method = request.method ?? '';
    this.target = request.url ?? '';
    this.requestHeaders = requestFields(request);
    // Requests that have come over no connection may have none.
    this.httpVersion = request.httpVersion ?? '';
    this.settings = settings;
    this.#client = client;
    this.#sentBefore = bytesSentBefore(request.socket, response);
    this.#reservation = reservation;
  }

  captureRequest(chunk: string | Uint8Array, encoding: BufferEncoding | undefined): void {
    this.#requestBody ??= new CapturedBody(this.settings.maxBodyBytes, this.#reservation);
    this.#requestBody.add(chunk, encoding);
  }

  captureResponse(chunk: string | Uint8Array, encoding: BufferEncoding | undefined): void {
    this.#responseBody ??= new CapturedBody(this.settings.maxBodyBytes, this.#reservation);
    this.#responseBody.add(chunk, encoding);
  }

  /** The request's body has not come to its end: answered before it was read, aborted, cut by the socket. */
  cutRequest(): void {
    const body = this.#requestBody;
    if (body === undefined || body.size === lengthOf(this.requestHeaders)) return;
    body.endEarly();
  }

  /** The response's body has not been sent to its end, unless its length says that it has. */
  cutResponse(): void {
    if (!this.#responseIsWhole) this.#responseBody?.endEarly();
  }

  /**
   * Reads the head that was sent, and so whether the response was.
   *
   * @param socket of the request.
   * @param stranded true when the connection went away before the response had its turn.
   */
  protected readHead(
    response: ServerResponse,
    socket: Socket | undefined,
    stranded: boolean,
  ): void {
    const unsent = this.unsent || (stranded && !this.detached);
    this.responseHead = unsent ? undefined : headBlock(response);
    if (this.responseHead !== undefined) {
      // The client need not wait for the end of what it has got.
      const bytes = this.responseHead.length + this.responseBody.size;
      if (this.aborted && this.#responseIsWhole && bytesSince(socket, this.#sentBefore) >= bytes) {
        this.aborted = false;
      }
      return;
    }
    this.wait = undefined;
    // What the application has written, but the connection not sent.
    this.#responseBody?.drop();
    this.#responseBody = undefined;
    const answer = nodeAnswer(response, socket);
    if (answer !== undefined) {
      this.responseHead = answer;
      this.aborted = false;
    } else if (!endedEarly(socket) && isSentUnseen(socket, response, this.#sentBefore)) {
      this.#isUnseen = true;
    }
  }

  /** True when its length says that all of the response's body was written. */
  get #responseIsWhole(): boolean {
    const length = CONTENT_LENGTH.exec(this.responseHead ?? '')?.[1];
    return length !== undefined && Number(length) > 0 && this.responseBody.size >= Number(length);
  }

  /** Nothing more is captured, and what was is forgotten. */
  dropBodies(): void {
    this.capturing = false;
    this.#requestBody?.drop();
    this.#responseBody?.drop();
  }

  /** Gives back all that the exchange has counted with. */
  release(): void {
    this.dropBodies();
    this.#reservation.release();
  }

  get clientAddress(): string {
    return this.#client.address;
  }

  /** Scheme, host and the request target as it was sent, or the target alone where it is a whole URL. */
  get url(): string {
    const { target } = this;
    if (ABSOLUTE_FORM.test(target)) return target;
    // `*` and other targets that are no path still need something between host and target.
    return `${this.#client.scheme}://${this.#client.host}${target.startsWith('/') ? '' : '/'}${target}`;
  }

  get requestBody(): BodySource {
    return this.#requestBody ?? NO_BODY;
  }

  get responseBody(): BodySource {
    return this.#responseBody ?? (this.#isUnseen ? UNSEEN_BODY : NO_BODY);
  }

  get callerKey(): string | undefined {
    return this.caller?.key;
  }

  get label(): string | undefined {
    return this.caller?.label;
  }

  get email(): string | undefined {
    return this.caller?.email;
  }

  // The rest of a record is for spans, which have these in place of a caller's key and a head as it was sent.
  get groupId(): undefined {
    return undefined;
  }

  get status(): number {
    return 0;
  }

  get statusText(): string {
    return '';
  }

  get responseHeaders(): readonly string[] {
    return NO_TEXTS;
  }

  get responseHeadersSize(): number {
    return -1;
  }
}

/** The Content-Length of header fields; undefined when there is none. */
function lengthOf(headers: readonly string[]): number | undefined {
  for (let index = 0; index < headers.length; index += 2) {
    if (headers[index]?.toLowerCase() === 'content-length') return Number(headers[index + 1]);
  }
  return undefined;
}
