import { clearInterval, setInterval } from 'node:timers';
import type { PipelineSettings } from '../pipeline-settings';
import { createTransport } from './create-transport';
import { createMetricsClient } from './metrics-client';
import { RequestBody } from './request-body';
import type { AskForCertificates, HttpAnswer, HttpTransport } from './transport';

/** What became of a request to the metrics server. */
export type ProbeResult =
  | {
      readonly kind: 'answer';
      readonly status: number;
      /** Lower case, without parameters; the empty string when there is none. */
      readonly mediaType: string;
      readonly location: string | undefined;
      /** What the client makes of it, with the server's own words. */
      readonly reason: string;
    }
  | { readonly kind: 'error'; readonly code: string; readonly message: string }
  | { readonly kind: 'timeout' };

/**
 * Sends an empty list of logs from this thread, the way that logs are sent. So no log is made, and the answer
 * says what the server thinks of the key.
 */
export async function probe(
  settings: PipelineSettings,
  askForCertificates?: AskForCertificates,
): Promise<ProbeResult> {
  const options = {
    ...settings,
    connections: 1,
    withTracingSuppressed: <Result>(begin: () => Result) => begin(),
    askForCertificates,
  };
  const server = new URL(settings.metricsServer).origin;
  const transport = new WatchedTransport(createTransport({ ...options, server }));
  const client = createMetricsClient(options, transport);
  // The client's connections keep no process alive.
  const alive = setInterval(() => {}, 1000);
  try {
    const result = await client.send(new RequestBody());
    const { answer, error } = transport;
    if (answer !== undefined) {
      const { 'content-type': type, location } = answer.headers;
      const mediaType = type?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
      const reason = result.kind === 'success' ? '' : result.reason;
      return { kind: 'answer', status: answer.status, mediaType, location, reason };
    }
    return isTimeout(error) ? { kind: 'timeout' } : { kind: 'error', ...describe(error) };
  } finally {
    clearInterval(alive);
    await client.close();
  }
}

/** The client says what to do with an answer, but not whether it was ReadMe's. */
class WatchedTransport implements HttpTransport {
  readonly #transport: HttpTransport;
  answer: HttpAnswer | undefined;
  error: unknown;

  constructor(transport: HttpTransport) {
    this.#transport = transport;
  }

  async request(...args: Parameters<HttpTransport['request']>): Promise<HttpAnswer> {
    try {
      this.answer = await this.#transport.request(...args);
      return this.answer;
    } catch (error) {
      this.error = error;
      throw error;
    }
  }

  close(): Promise<void> {
    return this.#transport.close();
  }
}

function isTimeout(error: unknown): boolean {
  const { name, code } = (error ?? {}) as { name?: unknown; code?: unknown };
  return (
    name === 'TimeoutError' || code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'PROXY_ETIMEDOUT'
  );
}

/** Where a name has several addresses, each has its own error, and the whole has none of them. */
function describe(error: unknown): { code: string; message: string } {
  const { cause } = (error ?? {}) as { cause?: unknown };
  const all = [error, cause, ...(error instanceof AggregateError ? error.errors : [])];
  for (const each of all) {
    const { code, message } = (each ?? {}) as NodeJS.ErrnoException;
    if (typeof code === 'string') return { code, message: message || code };
  }
  const { name = 'Error', message = '' } = (error ?? {}) as Partial<Error>;
  return { code: name, message };
}
