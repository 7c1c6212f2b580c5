import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below what Linux (32768) and other systems (49152) give to sockets that ask for any port. */
const [FIRST, LAST] = [10_000, 32_000];

/**
 * A port of 127.0.0.1 on which nothing listens, for a server that starts later, or comes back. A port from 0
 * may have gone to another process by then: several copies of the tests make thousands of connections.
 */
export async function lastingPort(): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST));
    const server = createServer();
    try {
      await once(server.listen(port, '127.0.0.1'), 'listening');
    } catch {
      continue;
    }
    await once(server.close(), 'close');
    return port;
  }
}
