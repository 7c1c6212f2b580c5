import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ServerHttp2Stream } from 'node:http2';
import type { ByteReservation } from '../../record/byte-budget';
import { fieldTexts } from '../../record/field-texts';
import type { BodySource } from '../../record/record';
import { type ResetBy, streamReset } from '../../record/stream-reset';
import type { CaptureSettings } from '../capture-settings';
import type { Client } from '../client-address';
import { Exchange, type ExchangeObserver } from '../exchange';
import { compatMessages } from './compat-messages';
import { type StreamRequest, StreamResponse } from './stream-messages';

/** An exchange over HTTP/2: one stream that a client has opened (RFC 9113 §8.1). */
export class StreamExchange extends Exchange {
  override readonly httpVersion = '2';
  /** Who has reset the stream, or ended it otherwise; the client where the server has not. */
  resetBy: ResetBy = 'client';
  /** True when Node sends the body from a file, past all that could see it. */
  isSentFromFile = false;
  #stream: ServerHttp2Stream | undefined;
  #status = 0;
  #responseHeaders: readonly string[] = [];
  #reset = 0;

  constructor(
    request: StreamRequest,
    client: Client,
    settings: CaptureSettings,
    observer: ExchangeObserver,
    reservation: ByteReservation,
  ) {
    const like = request as unknown as IncomingMessage;
    const response = new StreamResponse(request) as unknown as ServerResponse;
    super(like, response, client, settings, observer, reservation);
    this.#stream = request.stream;
  }

  override isHost(self: object): boolean {
    return self === this.#stream;
  }

  override beforeHeaders(): void {
    this.#useCompatMessages();
    super.beforeHeaders();
  }

  /** The head is on its way; an application may change its own list of fields afterwards. */
  headSent(): void {
    const sent = this.#stream?.sentHeaders;
    if (sent === undefined || this.#status !== 0 || !this.capturing) return;
    this.#status = Number(sent[':status'] ?? 0);
    this.#responseHeaders = fieldTexts(sent);
  }

  override close(): void {
    if (!this.closed) this.#useCompatMessages();
    super.close();
    this.#stream = undefined;
  }

  override get status(): number {
    return this.#status;
  }

  override get responseHeaders(): readonly string[] {
    return this.#responseHeaders;
  }

  override get responseBody(): BodySource {
    if (!this.isSentFromFile || this.#status === 0) return super.responseBody;
    return { size: this.#contentLength, loss: 'sent_from_file', blocks: [] };
  }

  /** See `record/stream-reset.ts`. */
  get reset(): number {
    return this.#reset;
  }

  protected override readSent(): void {
    const stream = this.#stream as ServerHttp2Stream;
    if (stream.headersSent) this.headSent();
    if (this.#status === 0) this.wait = undefined;
    const code = stream.rstCode ?? 0;
    this.aborted ||= this.#status === 0 || !this.#isComplete(stream, code);
    if (this.aborted && stream.closed) this.#reset = streamReset(this.resetBy, code);
    if (!this.requestEnded) this.cutRequest();
    if (this.aborted) this.cutResponse();
  }

  /** What is reset when the response is complete is the rest of the request. */
  #isComplete(stream: ServerHttp2Stream, code: number): boolean {
    if (stream.aborted) return false;
    // Node may close a stream of which all was sent before it has noticed that its writing has finished.
    const isClosedInPeace = stream.closed && code === 0 && this.resetBy !== 'session';
    // When it sends a file, it has finished its writing before it begins.
    return isClosedInPeace || (stream.writableFinished && !this.isSentFromFile);
  }

  /** 0 where the head does not say: Node knows the length of a file, but not of what another descriptor gives. */
  get #contentLength(): number {
    const at = this.#responseHeaders.indexOf('content-length');
    const length = at < 0 ? 0 : Number(this.#responseHeaders[at + 1]);
    return Number.isSafeInteger(length) && length >= 0 ? length : 0;
  }

  #useCompatMessages(): void {
    const messages = this.#stream && compatMessages(this.#stream);
    if (messages !== undefined) this.useMessages(messages.request, messages.response);
  }
}
