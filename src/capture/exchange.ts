import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Lease } from '../record/byte-budget';
import type { LossCause } from '../record/drop-reason';
import type { Caller } from './caller';
import { CallerInquiry } from './caller-inquiry';
import type { CaptureSettings } from './capture-settings';
import { CapturedBody } from './captured-body';
import type { Client } from './client-address';
import { expressRoute } from './express-route';

/** The head of a response as it was sent. */
export interface ResponseHead {
  readonly status: number;
  readonly statusText: string;
  /** The header block as Node wrote it, from the status line to the empty line. */
  readonly block: string;
}

/**
 * One request and its response as the server saw them. It is filled by the taps of `observe-exchange`,
 * is closed once by the end of the response, and settled when in addition its caller is known.
 */
export class Exchange {
  /** `_id` of the log. */
  readonly id = randomUUID();
  /** Milliseconds since the Unix epoch. */
  readonly startTime = Date.now();
  /**
   * Method, target and header fields as they came in: applications change them on the request, as
   * Express does with `url` for every router.
   */
  readonly method: string;
  readonly target: string;
  readonly requestHeaders: readonly string[];
  /** Denylist and allowlist of who observes it. */
  readonly lists: string;
  readonly requestBody: CapturedBody;
  readonly responseBody: CapturedBody;
  readonly lease: Lease;

  /** Trace id of the application's own server span. */
  traceId: string | undefined;
  /** Route template that the application's tracing knows. */
  route: string | undefined;
  /** Called when the response head is about to be written, in the application's own context. */
  onHead: (() => void) | undefined;

  /** Closes it as it stands, because the process ends before the response does. */
  closeNow: () => void = () => {};

  /** True when somebody has taken it on to log this exchange, or to count it as lost. */
  taken = false;

  readonly #started = performance.now();
  readonly #inquiry: CallerInquiry;
  readonly #closeListeners: (() => void)[] = [];
  readonly #settleListeners: (() => void)[] = [];
  #head: ResponseHead | undefined;
  #wait: number | undefined;
  #duration: number | undefined;
  #aborted = false;

  constructor(
    readonly request: IncomingMessage,
    readonly response: ServerResponse,
    readonly client: Client,
    settings: CaptureSettings,
  ) {
    this.#inquiry = new CallerInquiry(settings, () => this.#onCallerDecided());
    this.method = request.method ?? '';
    this.target = request.url ?? '';
    this.requestHeaders = request.rawHeaders.slice();
    this.lists = settings.lists;
    this.lease = new Lease(settings.maxBufferedBytes);
    this.requestBody = new CapturedBody(settings.maxBodyBytes, this.lease);
    this.responseBody = new CapturedBody(settings.maxBodyBytes, this.lease);
  }

  /** Milliseconds until the response head; `undefined` when none was sent. */
  get wait(): number | undefined {
    return this.#wait;
  }

  /** Milliseconds until the response had closed; until then, so far. */
  get duration(): number {
    return this.#duration ?? performance.now() - this.#started;
  }

  get aborted(): boolean {
    return this.#aborted;
  }

  get head(): ResponseHead | undefined {
    return this.#head;
  }

  /** Who made the request; `undefined` while it is not known, and when the exchange is not logged. */
  get caller(): Caller | undefined {
    return this.#inquiry.caller;
  }

  /** Why the exchange is lost; `undefined` while it is not, and when it is not logged as wished. */
  get lossCause(): LossCause | undefined {
    return this.#inquiry.lossCause;
  }

  /** False once it is decided that the exchange is not logged: nothing more is kept. */
  get logged(): boolean {
    return !this.#inquiry.decided || this.#inquiry.caller !== undefined;
  }

  /** True when the response has closed. */
  get closed(): boolean {
    return this.#duration !== undefined;
  }

  /** True when nothing about the exchange will change any more. */
  get settled(): boolean {
    return this.closed && this.#inquiry.decided;
  }

  /** Calls back when the response has closed, before {@link whenSettled} does. */
  whenClosed(listener: () => void): void {
    this.#closeListeners.unshift(listener);
  }

  /** Calls back when the exchange is settled; at once when it already is. */
  whenSettled(listener: () => void): void {
    if (this.settled) listener();
    else this.#settleListeners.push(listener);
  }

  /** The response head is about to be written: the time to ask who is calling. */
  headIsDue(): void {
    this.#wait ??= performance.now() - this.#started;
    this.onHead?.();
    this.route ??= expressRoute(this.request, this.target);
    this.#inquiry.ask(this.request, this.response);
  }

  /** The caller as `setReadmeGroup` names it; it wins over the grouping function. */
  setGroup(group: unknown): void {
    if (!this.settled) this.#inquiry.tell(group);
  }

  /** Nobody waits any longer for the promise of the grouping function: the exchange is lost. */
  giveUpOnCaller(): void {
    this.#inquiry.giveUp();
  }

  /** The response is ended when its connection is gone: nobody gets it, though Node calls it finished. */
  endsInVain(): void {
    this.#aborted = true;
  }

  /** The response has closed. */
  close(aborted: boolean, head: ResponseHead | undefined): void {
    if (this.closed) return;
    this.#duration = performance.now() - this.#started;
    this.#aborted ||= aborted;
    this.#head = head;
    if (head === undefined) this.#wait = undefined;
    this.route ??= expressRoute(this.request, this.target);
    this.#inquiry.ask(this.request, this.response);
    this.#inquiry.setDeadline();
    for (const listener of this.#closeListeners.splice(0)) listener();
    this.#settle();
  }

  /** Forgets the bodies and gives their bytes back. */
  release(): void {
    this.requestBody.drop();
    this.responseBody.drop();
    this.lease.release();
  }

  #onCallerDecided(): void {
    if (!this.logged) this.release();
    this.#settle();
  }

  #settle(): void {
    if (!this.settled) return;
    for (const listener of this.#settleListeners.splice(0)) listener();
  }
}
