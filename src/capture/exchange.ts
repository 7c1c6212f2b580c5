import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { nameOf } from '../options/name-of';
import type { ByteReservation } from '../record/byte-budget';
import type { LossCause } from '../record/drop-reason';
import type { BodySource, RecordSource } from '../record/record';
import type { Caller } from './caller';
import { type CallerListener, CallerResolver } from './caller-resolver';
import type { CaptureSettings } from './capture-settings';
import { CapturedBody } from './captured-body';
import type { Client } from './client-address';
import type { ExchangeScope } from './current-exchange';
import { expressRoute } from './express-route';
import { headBlock } from './response-head';
import type { OwnMethods } from './tapped-method';

/** Hears of the steps of all exchanges that it has observed. */
export interface ExchangeObserver {
  /** The response head is about to be written, in the application's own context. */
  onHead?(exchange: Exchange): void;
  /** The response has closed. */
  onClosed?(exchange: Exchange): void;
  /** Nothing about the exchange will change any more. */
  onSettled?(exchange: Exchange): void;
}

/** Logs an exchange, or counts it as lost. */
export interface ExchangeTaker {
  onSettled(exchange: Exchange): void;
}

const NO_TEXTS: readonly string[] = [];
const NO_BODY: BodySource = { size: 0, loss: undefined, blocks: [] };

/**
 * One request and its response as the server saw them, from which the record is written. The taps fill it; it
 * is closed once by the end of the response, and settled when in addition its caller is known.
 *
 * There is one for every request, so what it needs are fields of its own, not objects and closures.
 */
export class Exchange implements RecordSource, CallerListener {
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
  /** Methods that request and response had of their own. */
  ownMethods: OwnMethods | undefined = undefined;

  /** Trace id of the application's own server span. */
  traceId: string | undefined = undefined;
  /** Route template. */
  route: string | undefined = undefined;
  /** Where the application's tracing puts the route, which may be as late as the end of the response. */
  routeSource: { readonly route?: string } | undefined = undefined;
  /** The span that stands for the exchange. */
  span: object | undefined = undefined;
  /** Neighbours in {@link OpenExchanges}. */
  previous: Exchange | undefined = undefined;
  next: Exchange | undefined = undefined;

  /** Milliseconds until the response head; undefined when none was sent. */
  wait: number | undefined = undefined;
  /** True when the connection closed before the response was complete. */
  aborted = false;
  /** Status line and header block as they were sent; undefined when none were. */
  responseHead: string | undefined = undefined;
  /** False once the exchange is closed, and once it is decided that it is not logged: nothing more is kept. */
  capturing = true;
  /** True when the response has closed. */
  closed = false;
  /** True when nothing about the exchange will change any more. */
  settled = false;

  // What the application hangs on request and response must not live as long as a slow grouping promise, or
  // a span that waits to be exported: undefined once the exchange is closed.
  #request: IncomingMessage | undefined;
  #response: ServerResponse | undefined;
  /** A request that is destroyed has none any more. */
  #socket: Socket | undefined;
  readonly #client: Client;
  readonly #observer: ExchangeObserver;
  readonly #reservation: ByteReservation;
  readonly #resolver: CallerResolver;
  readonly #started = performance.now();
  #duration = 0;
  #requestBody: CapturedBody | undefined = undefined;
  #responseBody: CapturedBody | undefined = undefined;
  #scope: ExchangeScope | undefined = undefined;
  #taker: ExchangeTaker | undefined = undefined;

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    client: Client,
    settings: CaptureSettings,
    observer: ExchangeObserver,
    reservation: ByteReservation,
  ) {
    this.method = request.method ?? '';
    this.target = request.url ?? '';
    this.requestHeaders = request.rawHeaders.slice();
    this.httpVersion = request.httpVersion;
    this.settings = settings;
    this.#request = request;
    this.#response = response;
    this.#socket = request.socket;
    this.#client = client;
    this.#observer = observer;
    this.#reservation = reservation;
    this.#resolver = new CallerResolver(settings, this);
  }

  /** Milliseconds until the response had closed; until then, so far. */
  get duration(): number {
    return this.closed ? this.#duration : performance.now() - this.#started;
  }

  get clientAddress(): string {
    return this.#client.address;
  }

  /** Scheme, host and the request target as it was sent, or the target alone where it is a whole URL. */
  get url(): string {
    const { target } = this;
    // Absolute-form (RFC 9112 §3.2.2), as proxies receive it.
    if (/^https?:\/\//i.test(target)) return target;
    // `*` and other targets that are no path still need something between host and target.
    return `${this.#client.scheme}://${this.#client.host}${target.startsWith('/') ? '' : '/'}${target}`;
  }

  get requestBody(): BodySource {
    return this.#requestBody ?? NO_BODY;
  }

  get responseBody(): BodySource {
    return this.#responseBody ?? NO_BODY;
  }

  /** Who made the request; undefined while it is not known, and when the exchange is not logged. */
  get caller(): Caller | undefined {
    return this.#resolver.caller;
  }

  get callerKey(): string | undefined {
    return this.#resolver.caller?.key;
  }

  get label(): string | undefined {
    return this.#resolver.caller?.label;
  }

  get email(): string | undefined {
    return this.#resolver.caller?.email;
  }

  /** Why the exchange is lost; undefined while it is not, and when it is not logged as wished. */
  get dropReason(): LossCause | undefined {
    return this.#resolver.dropReason;
  }

  /** False once it is decided that the exchange is not logged. */
  get logged(): boolean {
    return !this.#resolver.decided || this.#resolver.caller !== undefined;
  }

  /** True when only the caller is missing. */
  get awaitsCaller(): boolean {
    return this.closed && !this.#resolver.decided;
  }

  /** True when it is logged, or counted as lost, by somebody. */
  get taken(): boolean {
    return this.#taker !== undefined;
  }

  // The rest of a record's source is for spans, whose head is in attributes.
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

  /** @param scope of the code that runs because of the request. */
  followIn(scope: ExchangeScope): void {
    this.#scope = scope;
  }

  captureRequest(chunk: string | Uint8Array, encoding: BufferEncoding | undefined): void {
    this.#requestBody ??= new CapturedBody(this.settings.maxBodyBytes, this.#reservation);
    this.#requestBody.add(chunk, encoding);
  }

  captureResponse(chunk: string | Uint8Array, encoding: BufferEncoding | undefined): void {
    this.#responseBody ??= new CapturedBody(this.settings.maxBodyBytes, this.#reservation);
    this.#responseBody.add(chunk, encoding);
  }

  /** The response head is about to be written: the time to ask who is calling. */
  beforeHeaders(): void {
    this.wait ??= performance.now() - this.#started;
    this.#observer.onHead?.(this);
    this.#askWhoAndWhere();
  }

  /** The caller as `setReadmeGroup` names it; it takes precedence over the grouping function. */
  setGroup(group: unknown): void {
    if (!this.settled) this.#resolver.override(group);
  }

  /** The promise of the grouping function is not waited for any longer: the exchange is lost. */
  giveUpOnCaller(): void {
    this.#resolver.giveUp();
  }

  /** The response is ended when its connection is gone: it is never received, though Node calls it finished. */
  markAborted(): void {
    this.aborted = true;
  }

  /**
   * True when the response never gets a connection: a pipelined one, whose turn had not come when the
   * connection went away. Up to Node 22 no event says so.
   */
  get stranded(): boolean {
    return this.#socket?.destroyed === true && this.#response?.socket === null;
  }

  /** The response has closed, or the process ends before it does. */
  close(): void {
    if (this.closed) return;
    const duration = performance.now() - this.#started;
    try {
      this.#readEnd(this.#response as ServerResponse);
    } catch (error) {
      this.settings.warnings.diagOnce('close', `an exchange cannot be read: ${nameOf(error)}`);
      this.#resolver.drop('internal_error');
    }
    this.#duration = duration;
    this.closed = true;
    this.capturing = false;
    this.#request = undefined;
    this.#response = undefined;
    this.#socket = undefined;
    this.routeSource = undefined;
    this.#observer.onClosed?.(this);
    this.#settle();
  }

  /** From now on `taker` looks after the exchange; it hears at once when it is settled already. */
  takenBy(taker: ExchangeTaker): void {
    this.#taker = taker;
    if (this.settled) taker.onSettled(this);
  }

  onCallerDecided(): void {
    if (!this.logged) {
      this.capturing = false;
      this.#dropBodies();
    }
    this.#settle();
  }

  /** Forgets what was captured and gives its bytes back. */
  release(): void {
    this.capturing = false;
    this.#dropBodies();
    this.#reservation.release();
  }

  #readEnd(response: ServerResponse): void {
    this.aborted ||= !response.writableFinished;
    this.responseHead = headBlock(response);
    if (this.responseHead === undefined) this.wait = undefined;
    this.#askWhoAndWhere();
    this.route = this.routeSource?.route ?? this.route;
    this.#resolver.setDeadline();
  }

  #askWhoAndWhere(): void {
    const request = this.#request as IncomingMessage;
    this.route ??= expressRoute(request, this.target);
    this.#resolver.resolve(request, this.#response as ServerResponse);
  }

  #dropBodies(): void {
    this.#requestBody?.drop();
    this.#responseBody?.drop();
  }

  #settle(): void {
    if (this.settled || !this.closed || !this.#resolver.decided) return;
    this.settled = true;
    if (this.#scope !== undefined) this.#scope.exchange = undefined;
    this.#taker?.onSettled(this);
    this.#observer.onSettled?.(this);
  }
}
