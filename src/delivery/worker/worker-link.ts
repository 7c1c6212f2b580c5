import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  MessageChannel,
  type MessagePort,
  receiveMessageOnPort,
  Worker,
} from 'node:worker_threads';
import { nameOf } from '../../options/name-of';
import type { PipelineSettings } from '../pipeline-settings';
import {
  type FromWorker,
  monotonicMillis,
  type ToWorker,
  type WorkerStart,
} from './worker-messages';

export interface WorkerListener {
  onMessage(message: FromWorker): void;
  /** The thread has ended without being asked to. @param reason code or name of the error, or the exit code. */
  onExit(reason: string): void;
}

/** The connection to one worker thread, which keeps no process alive. */
export class WorkerLink {
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #flushed = new Int32Array(new SharedArrayBuffer(4));
  readonly #listener: WorkerListener;
  #gone = false;

  /** @throws {Error} when there can be no worker: its file is not there, or the runtime does not permit it. */
  constructor(settings: PipelineSettings, listener: WorkerListener) {
    const file = workerFile();
    // Without this the Worker's own error would come later, and would not name what bundlers do.
    if (!existsSync(file))
      throw Object.assign(new Error('worker file not found'), { code: 'ENOENT' });
    this.#listener = listener;
    const { port1, port2 } = new MessageChannel();
    const start: WorkerStart = { settings, port: port2, flushed: this.#flushed };
    this.#worker = new Worker(file, {
      name: 'readme-metrics',
      workerData: start,
      transferList: [port2],
      // Flags such as --require would load the application's instrumentation, or us, once more.
      execArgv: [],
      argv: [],
      env: withoutNodeOptions(),
    });
    this.#port = port1;
    this.#port.on('message', (message: FromWorker) => listener.onMessage(message));
    this.#worker.on('error', (error: NodeJS.ErrnoException) =>
      this.#end(error?.code ?? nameOf(error)),
    );
    this.#worker.on('exit', (code) => this.#end(`exit code ${code}`));
    this.#port.unref();
    this.#worker.unref();
  }

  /** @throws {DataCloneError} when the message cannot be sent. */
  post(message: ToWorker, transfer: ArrayBuffer[] = []): void {
    this.#port.postMessage(message, transfer);
  }

  /** Has the worker flush, and blocks this thread until it is done or the time is over. */
  flushBlocking(message: ToWorker & { kind: 'flush' }, boundMillis: number): void {
    const endAt = monotonicMillis() + boundMillis;
    this.post(message);
    // An earlier flush, of `beforeExit`, may be done in between, and wakes this thread too.
    for (;;) {
      const done = Atomics.load(this.#flushed, 0);
      const left = endAt - monotonicMillis();
      if (done >= message.id || left <= 0) break;
      Atomics.wait(this.#flushed, 0, done, left);
    }
    this.drain();
  }

  /** Listens to what has been said already, without waiting for the event loop. */
  drain(): void {
    for (;;) {
      const received = receiveMessageOnPort(this.#port) as { message: FromWorker } | undefined;
      if (received === undefined) return;
      this.#listener.onMessage(received.message);
    }
  }

  /** Ends the thread without asking. */
  async terminate(): Promise<void> {
    this.#gone = true;
    await this.#worker.terminate();
    this.#port.close();
  }

  #end(reason: string): void {
    if (this.#gone) return;
    this.#gone = true;
    this.drain();
    this.#port.close();
    this.#listener.onExit(reason);
  }
}

/** Beside this file; the built one for the tests, which run the sources. */
function workerFile(): string {
  // In a bundle of ES modules there is no such name, and no file of ours either.
  const file = typeof __filename === 'string' ? __filename : '';
  const folder = file.endsWith('.ts') ? '../../../dist/delivery/worker' : '.';
  return join(dirname(file), folder, 'worker.js');
}

function withoutNodeOptions(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _, ...environment } = process.env;
  return environment;
}
