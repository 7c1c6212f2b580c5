import type { IncomingHttpHeaders } from 'node:http';
import type { ProxyAddress, ProxySettings } from '../../options/proxy';

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  readonly signal: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: AsyncIterable<Uint8Array>;
}

/** Connections to one server, which keep no process alive. Redirects are not followed. */
export interface HttpTransport {
  /** @throws {Error} when there is no answer; with a `code` that starts with `PROXY_` because of the proxy. */
  request(url: string, request: HttpRequest): Promise<HttpAnswer>;
  close(): Promise<void>;
}

/** @returns PEM of the certificates that another thread trusts; `undefined` when it does not say. */
export type AskForCertificates = () => Promise<readonly string[] | undefined>;

export interface TransportOptions {
  /** Origin of the server. */
  readonly server: string;
  /** Connections that may be open at a time. */
  readonly connections: number;
  /** Milliseconds for the making of a connection. */
  readonly timeoutMillis: number;
  readonly proxy: ProxySettings | undefined;
  /** Whether the server's certificate has to be one that this thread trusts. */
  readonly verifyTls: boolean;
  /** Begins a request so that the application's instrumentation does not trace it. */
  readonly withTracingSuppressed: <Result>(begin: () => Result) => Result;
  /** Asks another thread whom it trusts. */
  readonly askForCertificates?: AskForCertificates | undefined;
}

/** What a transport is made of. */
export interface ConnectionOptions extends Omit<TransportOptions, 'proxy'> {
  /** The proxy for this server. */
  readonly proxy: ProxyAddress | undefined;
  /** Certificates to trust in place of the thread's own. */
  readonly certificates: readonly string[] | undefined;
}
