import {
  MessageChannel,
  type MessagePort,
  receiveMessageOnPort,
  Worker,
  type WorkerOptions,
} from 'node:worker_threads';
import { codeOrNameOf } from '../../options/name-of';
import { VERSION } from '../../version';
import type { ProbeResult } from '../client/probe';
import type { PipelineSettings } from '../pipeline-settings';
import { defaultCertificates } from './default-certificates';
import { workerFile } from './worker-file';
import { workerEnvironment, workerFlags } from './worker-flags';
import {
  type FromWorker,
  monotonicMillis,
  SIGNAL,
  type ToWorker,
  type WorkerRequest,
  type WorkerStart,
} from './worker-messages';

export interface WorkerListener {
  onMessage(message: FromWorker): void;
  /** The thread has ended without being asked to. @param reason code or name of the error, or the exit code. */
  onExit(reason: string): void;
  onProbed?(result: ProbeResult): void;
}

/** The connection to one worker thread, which keeps no process alive. */
export class WorkerLink {
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #signals = new Int32Array(new SharedArrayBuffer(8));
  readonly #listener: WorkerListener;
  readonly #isTls: boolean;
  #hasDelivered = false;
  #gone = false;

  /** @throws {Error} when there can be no worker: its file is not there, or the runtime does not permit it. */
  constructor(settings: PipelineSettings, listener: WorkerListener) {
    const file = workerFile();
    this.#listener = listener;
    this.#isTls = settings.metricsServer.startsWith('https:');
    const { port1, port2 } = new MessageChannel();
    const start: WorkerStart = { version: VERSION, settings, port: port2, signals: this.#signals };
    this.#worker = startThread(file, {
      name: 'readme-metrics',
      workerData: start,
      transferList: [port2],
      execArgv: workerFlags(file),
      argv: [],
      env: workerEnvironment(),
    });
    this.#port = port1;
    this.#port.on('message', (message: FromWorker | WorkerRequest) => this.#receive(message));
    this.#worker.on('error', (error: NodeJS.ErrnoException) => this.#end(codeOrNameOf(error)));
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
    // While this thread is blocked, it cannot be asked.
    if (!this.#hasDelivered && this.#isTls) this.#postCertificates();
    this.post(message);
    // An earlier flush, of `beforeExit`, may be done in between, and wakes this thread too.
    for (;;) {
      const done = Atomics.load(this.#signals, SIGNAL.flushed);
      const left = endAt - monotonicMillis();
      if (done >= message.id || left <= 0) break;
      Atomics.wait(this.#signals, SIGNAL.flushed, done, left);
    }
    this.drain();
  }

  /** Blocks this thread until the worker listens, or the time is over. @returns whether it does. */
  waitUntilReady(boundMillis: number): boolean {
    Atomics.wait(this.#signals, SIGNAL.ready, 0, boundMillis);
    return Atomics.load(this.#signals, SIGNAL.ready) === 1;
  }

  /** Listens to what has been said already, without waiting for the event loop. */
  drain(): void {
    for (;;) {
      const received = receiveMessageOnPort(this.#port);
      if (received === undefined) return;
      this.#receive(received.message as FromWorker | WorkerRequest);
    }
  }

  /** Ends the thread without asking. */
  async terminate(): Promise<void> {
    this.#gone = true;
    await this.#worker.terminate();
    this.#port.close();
  }

  #receive(message: FromWorker | WorkerRequest): void {
    switch (message.kind) {
      case 'certificatesWanted':
        this.#postCertificates();
        return;
      case 'probed':
        this.#listener.onProbed?.(message.result);
        return;
      case 'report':
        this.#hasDelivered ||= message.requests.includes('success');
    }
    this.#listener.onMessage(message);
  }

  #postCertificates(): void {
    this.post({ kind: 'certificates', certificates: defaultCertificates() });
  }

  #end(reason: string): void {
    if (this.#gone) return;
    this.#gone = true;
    this.drain();
    this.#port.close();
    this.#listener.onExit(reason);
  }
}

function startThread(file: string, options: WorkerOptions & { execArgv: string[] }): Worker {
  try {
    return new Worker(file, options);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'ERR_WORKER_INVALID_EXEC_ARGV') throw error;
    // What a thread cannot be given on this Node is a setting of the process, and holds for all threads.
    const execArgv = options.execArgv.filter((flag) => !message.includes(flag));
    return new Worker(file, { ...options, execArgv });
  }
}
