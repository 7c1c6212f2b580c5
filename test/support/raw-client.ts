import { connect } from 'node:net';

/** Bytes to send, or milliseconds to wait before the next ones. */
export type Step = string | Buffer | number;

export interface RawAnswer {
  /** Everything the server sent, as latin1 text, with the Date header's value replaced. */
  readonly text: string;
  /** How the connection ended: `end`, or the code of the error. */
  readonly ending: string;
}

/**
 * Writes bytes to a server as they are and reads what comes back until the connection ends. One packet a
 * step: Nagle is off.
 *
 * @param destroyAfter milliseconds after the last step at which the client disappears.
 */
export function rawExchange(
  port: number,
  steps: readonly Step[],
  { destroyAfter }: { destroyAfter?: number } = {},
): Promise<RawAnswer> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    const chunks: Buffer[] = [];
    let ending = 'end';
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      ending = error.code ?? error.message;
    });
    socket.on('close', () => {
      const text = Buffer.concat(chunks).toString('latin1');
      resolve({ text: text.replace(/^(Date: ).*$/gm, '$1*'), ending });
    });
    socket.on('connect', async () => {
      for (const step of steps) {
        if (typeof step === 'number') await new Promise((next) => setTimeout(next, step));
        else await new Promise((next) => socket.write(step, next));
      }
      if (destroyAfter !== undefined) setTimeout(() => socket.destroy(), destroyAfter);
    });
  });
}
