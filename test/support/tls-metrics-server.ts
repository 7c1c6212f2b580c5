import { createServer, type ServerOptions } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { listening } from './answering-server';

/** A metrics server that is reached by TLS. */
export interface TlsMetricsServer {
  /** `https://127.0.0.1:<port>` */
  readonly url: string;
  /** Of each request: logs in it, and version of TLS. */
  readonly requests: { readonly logs: number; readonly protocol: string | null }[];
  /** Connections that were refused before there was a request: the client did not trust the certificate. */
  readonly refused: number;
  close(): Promise<void>;
}

export async function startTlsMetricsServer(options: ServerOptions): Promise<TlsMetricsServer> {
  const requests: TlsMetricsServer['requests'] = [];
  const server = createServer(options, (request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      const protocol = (request.socket as TLSSocket).getProtocol();
      requests.push({ logs: JSON.parse(body).length, protocol });
      response.writeHead(202).end('{}');
    });
  });
  let refused = 0;
  server.on('tlsClientError', () => refused++);
  const { port, close } = await listening(server);
  return {
    url: `https://127.0.0.1:${port}`,
    requests,
    get refused() {
      return refused;
    },
    close,
  };
}
