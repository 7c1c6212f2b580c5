import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { nameOf } from '../options/name-of';
import type { ByteReservation } from '../record/byte-budget';
import type { DropReason } from '../record/drop-reason';
import type { Caller } from './caller';
import { type CallerListener, CallerResolver } from './caller-resolver';
import type { CaptureSettings } from './capture-settings';
import { CapturedExchange } from './captured-exchange';
import type { Client } from './client-address';
import { routeOf } from './route';

/** Hears of the steps of all exchanges that it has observed. */
export interface ExchangeObserver {
  /** The response head is about to be written, in the application's own context. */
  onHead?(exchange: Exchange): void;
  /** The response has closed. */
  onClosed?(exchange: Exchange): void;
  /** Nothing about the exchange will change any more. */
  onSettled?(exchange: Exchange): void;
}

/** Logs exchanges, or counts them as lost. */
export interface ExchangeTaker {
  onSettled(exchange: Exchange): void;
}

/**
 * What Node keeps for the code that runs because of a request. It keeps it longer than the request lives:
 * with a keep-alive connection until the next request on it, with a timer or a pooled connection that the
 * application has made meanwhile as long as these live. So it lets go of the exchange when that is settled.
 */
export interface ExchangeScope {
  exchange: Exchange | undefined;
}

/**
 * One request and its response as the server saw them. The taps fill it; it is closed once by the end of the
 * response, and settled when in addition its caller is known.
 *
 * There is one for every request, so what it needs are fields of its own, not objects and closures.
 */
export class Exchange extends CapturedExchange implements CallerListener {
  /** Where the application's tracing puts the route, which may be as late as the end of the response. */
  routeSource: { readonly route?: string } | undefined = undefined;
  /** The span that stands for the exchange. */
  span: object | undefined = undefined;
  /** Neighbours in {@link OpenExchanges}. */
  previous: Exchange | undefined = undefined;
  next: Exchange | undefined = undefined;
  /** True when the response has said so itself, by its event. */
  responseFinished = false;
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
  readonly #observer: ExchangeObserver;
  readonly #resolver: CallerResolver;
  readonly #started = performance.now();
  #duration = 0;
  #scope: ExchangeScope | undefined = undefined;
  #taker: ExchangeTaker | undefined = undefined;
  #routeSought = false;

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    client: Client,
    settings: CaptureSettings,
    observer: ExchangeObserver,
    reservation: ByteReservation,
  ) {
    super(request, response, client, settings, reservation);
    this.#request = request;
    this.#response = response;
    this.#socket = request.socket;
    this.#observer = observer;
    this.#resolver = new CallerResolver(settings, this);
  }

  /** Milliseconds until the response had closed; until then, so far. */
  get duration(): number {
    return this.closed ? this.#duration : performance.now() - this.#started;
  }

  get caller(): Caller | undefined {
    return this.#resolver.caller;
  }

  /** Why the exchange is lost; undefined while it is not, and when it is not logged as wished. */
  get dropReason(): DropReason | undefined {
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

  /** True when it has a taker. */
  get taken(): boolean {
    return this.#taker !== undefined;
  }

  /** True when the connection is gone. */
  get disconnected(): boolean {
    return this.#socket?.destroyed === true;
  }

  /** True when a part of the request's body has come, and its end has not. */
  get isInBody(): boolean {
    return !this.closed && !this.disconnected && this.requestBody.size > 0 && !this.#isRead;
  }

  /** True when it went away before a pipelined response had its turn. */
  get stranded(): boolean {
    return this.disconnected && this.#response?.socket === null;
  }

  /** Whether this is the request or the response itself; false once the exchange is closed. */
  isHost(self: object): boolean {
    return self === this.#response || self === this.#request;
  }

  /** Of the code that runs because of the request. */
  get scope(): ExchangeScope | undefined {
    return this.#scope;
  }

  /** @param scope of the code that runs because of the request. */
  followIn(scope: ExchangeScope): void {
    this.#scope = scope;
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

  /** The exchange is lost, whoever made its request; without effect once its taker has it. */
  drop(reason: DropReason): void {
    if (!this.settled || !this.taken) this.#resolver.drop(reason);
  }

  /**
   * The response is written to, or ended, when its connection is gone: what comes now is never received, though
   * Node calls it finished.
   *
   * @param unsent true when nothing was received before, either.
   */
  markAborted(unsent: boolean): void {
    this.aborted = true;
    this.unsent ||= unsent;
  }

  /** The response has closed, or the process ends before it does. */
  close(): void {
    if (this.closed) return;
    this.#duration = performance.now() - this.#started;
    try {
      this.#readEnd(this.#response as ServerResponse);
    } catch (error) {
      this.settings.warnings.diagOnce('close', `an exchange cannot be read: ${nameOf(error)}`);
      this.#resolver.drop('internal_error');
    }
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
    if (!this.logged) this.dropBodies();
    this.#settle();
  }

  get #isRead(): boolean {
    const request = this.#request;
    return this.requestEnded || request?.complete === true || request?.readableEnded === true;
  }

  /** Reads what was sent, when nothing more will be. */
  protected readSent(response: ServerResponse): void {
    this.aborted ||= !this.responseFinished && !response.writableFinished;
    this.readHead(response, this.#socket, this.stranded);
    if (!this.#isRead) this.cutRequest();
    if (this.aborted) this.cutResponse();
  }

  /** For frameworks and the grouping function: those that the application has, where these are made later. */
  protected useMessages(request: IncomingMessage, response: ServerResponse): void {
    this.#request = request;
    this.#response = response;
  }

  #readEnd(response: ServerResponse): void {
    this.readSent(response);
    this.#askWhoAndWhere();
    this.route = this.routeSource?.route ?? this.route;
    this.#resolver.setDeadline();
  }

  #askWhoAndWhere(): void {
    const request = this.#request as IncomingMessage;
    if (!this.#routeSought) {
      this.#routeSought = true;
      this.route ??= routeOf(request, this.target);
    }
    this.#resolver.resolve(request, this.#response as ServerResponse);
  }

  #settle(): void {
    if (this.settled || !this.closed || !this.#resolver.decided) return;
    this.settled = true;
    if (this.#scope !== undefined) this.#scope.exchange = undefined;
    this.#taker?.onSettled(this);
    this.#observer.onSettled?.(this);
  }
}
