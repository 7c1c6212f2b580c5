import { writeSync } from 'node:fs';
import type { MetricsClient, SendResult } from './metrics-client';
import type { RequestBody } from './request-body';

const STANDARD_OUTPUT = 1;
/** A pipe that nobody empties is tried again so often, a millisecond apart. */
const MOST_TRIES = 1000;

/**
 * Prints logs instead of sending them: one a line, as they would have been sent. Synchronously, so that it
 * works in every thread and until the very end of the process.
 */
export class DryRunClient implements MetricsClient {
  readonly #clock = new Int32Array(new SharedArrayBuffer(4));

  async send(body: RequestBody): Promise<SendResult> {
    for (const log of body.logs) this.#print(Buffer.concat([log, Buffer.from('\n')]));
    return { kind: 'success' };
  }

  async close(): Promise<void> {}

  #print(line: Buffer): void {
    let written = 0;
    for (let tries = 0; written < line.length && tries < MOST_TRIES; tries++) {
      try {
        written += writeSync(STANDARD_OUTPUT, line, written);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return;
        Atomics.wait(this.#clock, 0, 0, 1);
      }
    }
  }
}
