import type { AskForCertificates, HttpAnswer, HttpRequest, HttpTransport } from './transport';

/** Codes of OpenSSL for a certificate whose issuer is not trusted. */
const DISTRUSTED = /SELF_SIGNED|UNABLE_TO_(GET_ISSUER|VERIFY)|CERT_UNTRUSTED|INVALID_CA/;
/** Milliseconds after which it is asked again. */
const ASK_AGAIN_MILLIS = 1000;

/**
 * A transport that asks whom another thread trusts when it does not trust the server itself.
 *
 * `tls.setDefaultCACertificates()` holds for the thread that calls it, at any time. To read the list costs
 * milliseconds of that thread, so it is read when it may make a difference.
 */
export class RenewingTransport implements HttpTransport {
  readonly #create: (certificates?: readonly string[]) => HttpTransport;
  readonly #ask: AskForCertificates;
  #current: HttpTransport;
  #renewal: Promise<void> | undefined;
  #askAgainAt = 0;
  /** The list in use; empty when it is the thread's own. */
  #certificates = '';

  constructor(
    create: (certificates?: readonly string[]) => HttpTransport,
    ask: AskForCertificates,
  ) {
    this.#create = create;
    this.#ask = ask;
    this.#current = create();
  }

  async request(url: string, request: HttpRequest): Promise<HttpAnswer> {
    const used = this.#current;
    try {
      return await used.request(url, request);
    } catch (error) {
      if (!isDistrusted(error)) throw error;
      if (used === this.#current) {
        this.#renewal ??= this.#renew().finally(() => {
          this.#renewal = undefined;
        });
        await this.#renewal;
      }
      if (used === this.#current) throw error;
      return this.#current.request(url, request);
    }
  }

  close(): Promise<void> {
    return this.#current.close();
  }

  /** A list that does not help either is given up: the thread's own may be the better one later. */
  async #renew(): Promise<void> {
    if (performance.now() < this.#askAgainAt) return;
    this.#askAgainAt = performance.now() + ASK_AGAIN_MILLIS;
    const certificates = await this.#ask();
    const text = certificates?.join('\n') ?? '';
    const isNew = text !== '' && text !== this.#certificates;
    if (!isNew && this.#certificates === '') return;
    void this.#current.close().catch(() => {});
    this.#certificates = isNew ? text : '';
    this.#current = isNew ? this.#create(certificates) : this.#create();
  }
}

function isDistrusted(error: unknown): boolean {
  const { code, cause } = error as { code?: unknown; cause?: { code?: unknown } };
  return [code, cause?.code].some((each) => typeof each === 'string' && DISTRUSTED.test(each));
}
