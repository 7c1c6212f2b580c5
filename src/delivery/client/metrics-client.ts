import type { IncomingHttpHeaders } from 'node:http';
import { codeOrNameOf } from '../../options/name-of';
import { VERSION } from '../../version';
import { createTransport } from './create-transport';
import { patientTimeout } from './patient-timeout';
import { readAnswer } from './read-answer';
import type { RequestBody } from './request-body';
import { parseRetryAfter } from './retry';
import { serverWords } from './server-words';
import type { HttpAnswer, HttpTransport, TransportOptions } from './transport';

/** What the metrics server answered, as far as it decides what happens next. */
export type SendResult =
  | { readonly kind: 'success' }
  /** Worth another try later: 408, 425, 429, any 5xx, a connection error or a timeout. */
  | {
      readonly kind: 'retryable';
      readonly reason: string;
      /** It failed over this request: what is in it may be the reason (500). */
      readonly isInternal?: true;
      /** Milliseconds for which the server wants to be left alone. */
      readonly retryInMillis?: number;
    }
  /** Not worth another try as it is. */
  | {
      readonly kind: 'rejected';
      readonly cause: 'unauthorized' | 'too_large' | 'rejected';
      readonly reason: string;
    };

/** Sends logs; an HTTP answer is a result, never an exception. */
export interface MetricsClient {
  /** @param body the logs, as a JSON array. */
  send(body: RequestBody): Promise<SendResult>;
  close(): Promise<void>;
}

export interface MetricsClientOptions extends Omit<TransportOptions, 'server'> {
  readonly apiKey: string;
  /** Origin, for instance `https://metrics.readme.io`. */
  readonly metricsServer: string;
  /** Milliseconds for the whole exchange. */
  readonly timeoutMillis: number;
}

/**
 * Request Timeout, Too Early and Too Many Requests (RFC 9110 §15.5.9, RFC 8470 §5.2, RFC 6585 §4). Of 5xx all are:
 * proxies and CDNs have their own (520 to 530), and none of them says that the logs are at fault.
 */
const RETRYABLE_CLIENT_ERRORS = new Set([408, 425, 429]);

function isRetryable(status: number): boolean {
  return (status >= 500 && status < 600) || RETRYABLE_CLIENT_ERRORS.has(status);
}

export function createMetricsClient(
  options: MetricsClientOptions,
  transport = createTransport({ ...options, server: new URL(options.metricsServer).origin }),
): MetricsClient {
  return new HttpMetricsClient(options, transport);
}

class HttpMetricsClient implements MetricsClient {
  readonly #options: MetricsClientOptions;
  readonly #transport: HttpTransport;
  readonly #url: string;
  readonly #headers: Record<string, string>;

  constructor(options: MetricsClientOptions, transport: HttpTransport) {
    this.#options = options;
    this.#transport = transport;
    this.#url = `${options.metricsServer}/v1/request`;
    this.#headers = {
      authorization: `Basic ${Buffer.from(`${options.apiKey}:`).toString('base64')}`,
      'content-type': 'application/json',
      'user-agent': `readme-metrics-opentelemetry/${VERSION}`,
    };
  }

  async send(logs: RequestBody): Promise<SendResult> {
    const timeout = patientTimeout(this.#options.timeoutMillis);
    try {
      const answer = await this.#transport.request(this.#url, {
        method: 'POST',
        headers: this.#headers,
        body: logs.bytes,
        signal: timeout.signal,
      });
      if (isSuccess(answer)) {
        // Read to the end so that the connection can be used again. The logs are taken, whatever comes of it.
        readAnswer(answer.body).catch(ignore).finally(timeout.clear);
        return { kind: 'success' };
      }
      const result = await this.#classify(answer);
      timeout.clear();
      return result;
    } catch (error) {
      timeout.clear();
      return { kind: 'retryable', reason: describeError(error, this.#options.timeoutMillis) };
    }
  }

  async close(): Promise<void> {
    await this.#transport.close();
  }

  async #classify({ status, headers, body }: HttpAnswer): Promise<SendResult> {
    const reason = `HTTP ${status}${await this.#reason(body)}`;
    if (isRetryable(status)) {
      const retryInMillis = pauseOf(headers);
      return {
        kind: 'retryable',
        reason,
        ...(status === 500 && { isInternal: true }),
        ...(retryInMillis !== undefined && { retryInMillis }),
      };
    }
    if (status === 401 || status === 403)
      return { kind: 'rejected', cause: 'unauthorized', reason };
    return { kind: 'rejected', cause: status === 413 ? 'too_large' : 'rejected', reason };
  }

  /** The server's own words, when it says them in JSON; never what it repeats of ours. */
  async #reason(body: HttpAnswer['body']): Promise<string> {
    try {
      const answer = JSON.parse(await readAnswer(body)) as Record<string, unknown>;
      const words = [answer.error, answer.message].filter((word) => typeof word === 'string');
      const text = serverWords(words.join(': '));
      return text === '' ? '' : ` (${text})`;
    } catch {
      return '';
    }
  }
}

function isSuccess({ status }: HttpAnswer): boolean {
  return status >= 200 && status < 300;
}

function ignore(): void {}

function pauseOf({ date, 'retry-after': value }: IncomingHttpHeaders): number | undefined {
  if (typeof value !== 'string') return undefined;
  const serverTime = Date.parse(date ?? '');
  return parseRetryAfter(value, Number.isNaN(serverTime) ? Date.now() : serverTime);
}

function describeError(error: unknown, timeoutMillis: number): string {
  const { name } = error as { name?: string };
  if (name === 'TimeoutError') return `no answer within ${timeoutMillis} ms (timeoutMillis)`;
  return codeOrNameOf(error);
}
