import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a client sends on one connection, and how long it stays. */
export interface ClientPlan {
  readonly packets: readonly Buffer[];
  /** Milliseconds between packets. */
  readonly pause: number;
  /** Milliseconds without a byte after which the client disappears, once it has sent everything. */
  readonly patience: number;
}

/** What came back. */
export interface ClientView {
  /** As latin1 text, with the Date header's value replaced. */
  readonly text: string;
  /** How the connection ended: `end`, or the code of the error. */
  readonly ending: string;
  /** Whether the client disappeared because nothing came any more. */
  readonly gaveUp: boolean;
}

/**
 * Patience is counted in timers of so many milliseconds: where this process is slow they come late, each
 * after a round of the event loop, and the client gives the server, which is in this process, its rounds.
 */
const TICK_MILLIS = 15;

/** Sends packets that the server reads one by one, and reads what comes back until the connection ends. */
export function converse(
  port: number,
  { packets, pause, patience }: ClientPlan,
): Promise<ClientView> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    const chunks: Buffer[] = [];
    let ending = 'end';
    let gaveUp = false;
    let heard = false;
    const waitInSilence = async () => {
      for (let left = patience; left > 0; left -= TICK_MILLIS) {
        await sleep(Math.min(left, TICK_MILLIS));
        if (socket.destroyed) return;
        if (heard) left = patience;
        heard = false;
      }
      gaveUp = true;
      socket.destroy();
    };
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      heard = true;
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      ending = error.code ?? error.message;
    });
    socket.on('close', () => {
      const text = Buffer.concat(chunks).toString('latin1');
      resolve({ text: text.replace(/^(Date: ).*$/gm, '$1*'), ending, gaveUp });
    });
    socket.on('connect', async () => {
      for (const packet of packets) {
        if (socket.destroyed) return;
        socket.write(packet);
        if (pause > 0) await sleep(pause);
        // The server, which is in this process, reads nothing before the event loop has gone round.
        else await new Promise((next) => setImmediate(next));
      }
      await waitInSilence();
    });
  });
}
