import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { createMetricsClient } from '../delivery/client/metrics-client';
import { RequestBody } from '../delivery/client/request-body';
import type { ResolvedOptions } from '../options/readme-options';

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

/** What undici publishes, as far as it is of use here. */
interface Published {
  readonly request: { readonly method: string; readonly path: string };
  readonly response?: { readonly statusCode: number; readonly headers: readonly Uint8Array[] };
  readonly error?: Error;
}

const [HEADERS, ERROR] = ['undici:request:headers', 'undici:request:error'];

/**
 * Sends an empty list of logs, the way that logs are sent. So no log is made, and the answer tells what the
 * server thinks of the key.
 *
 * The client tells what to do with an answer, but not whether it was ReadMe's: status and header fields
 * come from undici's diagnostics channels.
 */
export async function probe(options: ResolvedOptions): Promise<ProbeResult> {
  let head: Published['response'];
  let failure: Error | undefined;
  const isOurs = ({ request }: Published) =>
    request.method === 'POST' && request.path.endsWith('/v1/request');
  const onHeaders = (message: unknown) => {
    if (isOurs(message as Published)) head = (message as Published).response;
  };
  const onError = (message: unknown) => {
    if (isOurs(message as Published)) failure = (message as Published).error;
  };
  subscribe(HEADERS, onHeaders);
  subscribe(ERROR, onError);
  const client = createMetricsClient({
    ...options,
    connections: 1,
    withTracingSuppressed: (begin) => begin(),
  });
  // The client's connections keep no process alive.
  const alive = setInterval(() => {}, 1000);
  try {
    const start = performance.now();
    const result = await client.send(new RequestBody());
    const reason = result.kind === 'success' ? '' : result.reason;
    if (head !== undefined) {
      const fields = fieldsOf(head.headers);
      const mediaType = fields.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
      const location = fields.get('location');
      return { kind: 'answer', status: head.statusCode, mediaType, location, reason };
    }
    if (failure?.name === 'TimeoutError') return { kind: 'timeout' };
    if (failure !== undefined) return { kind: 'error', ...describe(failure) };
    // Nothing was published: a deadline that passed before there was a connection, or else what the client says.
    return performance.now() - start >= options.timeoutMillis
      ? { kind: 'timeout' }
      : { kind: 'error', code: 'no answer', message: reason };
  } finally {
    clearInterval(alive);
    unsubscribe(HEADERS, onHeaders);
    unsubscribe(ERROR, onError);
    await client.close();
  }
}

function fieldsOf(raw: readonly Uint8Array[]): ReadonlyMap<string, string> {
  const texts = raw.map((bytes) => Buffer.from(bytes).toString('latin1'));
  const fields = new Map<string, string>();
  for (let index = 0; index + 1 < texts.length; index += 2) {
    fields.set((texts[index] as string).toLowerCase(), texts[index + 1] as string);
  }
  return fields;
}

/** Where a name has several addresses, each has its own error, and the whole has none of them. */
function describe(error: Error): { code: string; message: string } {
  const all = [error, error.cause, ...(error instanceof AggregateError ? error.errors : [])];
  for (const each of all) {
    const { code, message } = (each ?? {}) as NodeJS.ErrnoException;
    if (typeof code === 'string') return { code, message: message || code };
  }
  return { code: error.name, message: error.message };
}
