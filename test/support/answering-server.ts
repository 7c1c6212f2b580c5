import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo, Server } from 'node:net';

/** A server on 127.0.0.1 that a test has in the place of ReadMe's. */
export interface AnsweringServer {
  readonly port: number;
  readonly url: string;
  close(): Promise<void>;
}

/** An HTTP server that answers so. */
export function answering(listener: RequestListener): Promise<AnsweringServer> {
  return listening(createServer(listener));
}

/** Any server, once it listens. */
export async function listening(server: Server): Promise<AnsweringServer> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    async close() {
      server.close();
      (server as { closeAllConnections?: () => void }).closeAllConnections?.();
      await once(server, 'close');
    },
  };
}
