import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import type { Agent, buildConnector, Dispatcher } from 'undici';
import { VERSION } from '../../version';
import { loadUndici } from './load-undici';
import { patientTimeout } from './patient-timeout';
import { MAX_ANSWER_BYTES, readAnswer } from './read-answer';
import type { RequestBody } from './request-body';
import { parseRetryAfter } from './retry';

/** What the metrics server answered, as far as it decides what happens next. */
export type SendResult =
  | { readonly kind: 'success' }
  /** Worth another try later: 429, 500, 502, 503, 504, a connection error or a timeout. */
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

export interface MetricsClientOptions {
  readonly apiKey: string;
  /** Origin, for instance `https://metrics.readme.io`. */
  readonly metricsServer: string;
  /** Milliseconds for the whole exchange. */
  readonly timeoutMillis: number;
  /** Connections that may be open at a time. */
  readonly connections: number;
  /** Begins a request so that the application's instrumentation does not trace it. */
  readonly withTracingSuppressed: <Result>(begin: () => Result) => Result;
}

const RETRYABLE = new Set([429, 500, 502, 503, 504]);
const LONGEST_REASON = 120;

export function createMetricsClient(options: MetricsClientOptions): MetricsClient {
  return new UndiciMetricsClient(options);
}

class UndiciMetricsClient implements MetricsClient {
  readonly #options: MetricsClientOptions;
  readonly #url: string;
  readonly #headers: Record<string, string>;
  readonly #undici = loadUndici();
  readonly #agent: Agent;

  constructor(options: MetricsClientOptions) {
    this.#options = options;
    this.#url = `${options.metricsServer}/v1/request`;
    this.#headers = {
      authorization: `Basic ${Buffer.from(`${options.apiKey}:`).toString('base64')}`,
      'content-type': 'application/json',
      'user-agent': `readme-metrics-opentelemetry/${VERSION}`,
    };
    this.#agent = new this.#undici.Agent({
      connections: options.connections,
      connect: this.#connector(),
    });
  }

  async send(logs: RequestBody): Promise<SendResult> {
    const timeout = patientTimeout(this.#options.timeoutMillis);
    try {
      const response = await this.#options.withTracingSuppressed(() =>
        this.#undici.request(this.#url, {
          method: 'POST',
          dispatcher: this.#agent,
          headers: this.#headers,
          body: logs.bytes,
          signal: timeout.signal,
        }),
      );
      return await this.#classify(response);
    } catch (error) {
      return { kind: 'retryable', reason: describeError(error, this.#options.timeoutMillis) };
    } finally {
      timeout.clear();
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  /** Nobody's process must live on for a server that does not answer: who waits for it keeps it alive. */
  #connector(): buildConnector.connector {
    const connect = this.#undici.buildConnector({ timeout: this.#options.timeoutMillis });
    return (options, callback) => {
      // Its type says void; `net` itself is not loaded for instanceof, as instrumentation would patch it then.
      const socket = connect(options, callback) as unknown as Socket | undefined;
      if (socket === undefined) return;
      socket.unref();
      // undici does that with every request.
      socket.ref = () => socket;
    };
  }

  async #classify({ statusCode, headers, body }: Dispatcher.ResponseData): Promise<SendResult> {
    if (statusCode >= 200 && statusCode < 300) {
      // Read to the end so that the connection can be used again; a failure there changes nothing.
      await body.dump({ limit: MAX_ANSWER_BYTES }).catch(() => {});
      return { kind: 'success' };
    }
    const reason = `HTTP ${statusCode}${await this.#reason(body)}`;
    if (RETRYABLE.has(statusCode)) {
      const retryInMillis = pauseOf(headers);
      return {
        kind: 'retryable',
        reason,
        ...(statusCode === 500 && { isInternal: true }),
        ...(retryInMillis !== undefined && { retryInMillis }),
      };
    }
    if (statusCode === 401 || statusCode === 403)
      return { kind: 'rejected', cause: 'unauthorized', reason };
    return { kind: 'rejected', cause: statusCode === 413 ? 'too_large' : 'rejected', reason };
  }

  /** The server's own words, when it says them in JSON, without our key should it repeat that. */
  async #reason(body: Dispatcher.ResponseData['body']): Promise<string> {
    try {
      const answer = JSON.parse(await readAnswer(body)) as Record<string, unknown>;
      const words = [answer.error, answer.message].filter((word) => typeof word === 'string');
      const text = words.join(': ').replaceAll(this.#options.apiKey, '…');
      return text === '' ? '' : ` (${text.slice(0, LONGEST_REASON)})`;
    } catch {
      return '';
    }
  }
}

function pauseOf({ date, 'retry-after': value }: IncomingHttpHeaders): number | undefined {
  if (typeof value !== 'string') return undefined;
  const serverTime = Date.parse(date ?? '');
  return parseRetryAfter(value, Number.isNaN(serverTime) ? Date.now() : serverTime);
}

function describeError(error: unknown, timeoutMillis: number): string {
  const { name, code, message } = error as { name?: string; code?: string; message?: string };
  if (name === 'TimeoutError') return `no answer within ${timeoutMillis} ms (timeoutMillis)`;
  return code ?? message ?? 'connection error';
}
