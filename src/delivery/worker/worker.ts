/**
 * The worker thread in which logs are made and sent; started by `worker-link.ts`.
 *
 * It is told what to do by messages, and tells what became of it by messages.
 */
// Without `loading-ends`: what this lends may stay in a thread of our own, where undici requires more later.
import '../../bundles/loading-begins';
import { workerData } from 'node:worker_threads';
import type { Reporter } from '../../options/warnings';
import { VERSION } from '../../version';
import type { ProbeResult } from '../client/probe';
import { createInlinePipeline } from '../create-inline-pipeline';
import type { Outcome, PendingLog, PipelineObserver } from '../pipeline';
import { lowerPriority } from './lower-priority';
import { MainThreadCertificates } from './main-thread-certificates';
import { BatchMemory, type RecordBatch, unpackRecords } from './record-batch';
import {
  type FromWorker,
  monotonicMillis,
  SIGNAL,
  type ToWorker,
  type WorkerReport,
  type WorkerRequest,
  type WorkerStart,
} from './worker-messages';

/** What has happened is told together with what happens in the next milliseconds. */
const REPORT_MILLIS = 25;

const { version, settings, port, signals } = workerData as WorkerStart;

if (version !== VERSION) {
  // Beside a bundle, or where one finds the package installed, there may be another version of this file.
  throw Object.assign(new Error('of another version'), { code: 'ERR_README_WORKER_VERSION' });
}

lowerPriority();

const tell = (message: FromWorker | WorkerRequest): void => port.postMessage(message);
const certificates = new MainThreadCertificates(() => tell({ kind: 'certificatesWanted' }));
const askForCertificates = () => certificates.ask();

const reporter: Reporter = {
  warnOnce: (key, message) => tell({ kind: 'warnOnce', key, message }),
  diagOnce: (key, message) => tell({ kind: 'diagOnce', key, message }),
  debug: (message) => tell({ kind: 'debug', key: '', message }),
};
const observer: PipelineObserver = {
  onRequest: (millis, result) => currentReport().requests.push(millis, result),
  onFailure: (reason) => {
    currentReport().failure = reason;
  },
  onWithheld: (bodies) => {
    currentReport().withheld += bodies;
  },
  onRecovered: (logs) => {
    currentReport().recovered += logs;
  },
};
const pipeline = createInlinePipeline(settings, reporter, observer, {
  // The application's instrumentation is not loaded here.
  withTracingSuppressed: (begin) => begin(),
  askForCertificates,
});

let received = 0;
let report: WorkerReport | undefined;

function currentReport(): WorkerReport {
  if (report === undefined) {
    report = {
      kind: 'report',
      outcomes: [],
      requests: [],
      failure: undefined,
      withheld: 0,
      recovered: 0,
    };
    setTimeout(postReport, REPORT_MILLIS);
  }
  return report;
}

function postReport(): void {
  if (report !== undefined) tell(report);
  report = undefined;
}

/** A log that the main thread has handed over. */
class ReceivedLog implements PendingLog {
  record: Uint8Array;
  readonly #number = received++;
  readonly #memory: BatchMemory;

  constructor(record: Uint8Array, memory: BatchMemory) {
    this.record = record;
    this.#memory = memory;
  }

  onResult(outcome: Outcome): void {
    currentReport().outcomes.push(this.#number, outcome);
    this.#memory.free(this.record);
  }
}

function receivedLogs(batch: RecordBatch): ReceivedLog[] {
  const records = unpackRecords(batch);
  const memory = new BatchMemory(batch, records.length);
  return records.map((record) => new ReceivedLog(record, memory));
}

/** What only the doctor needs is loaded then. */
function probe(): Promise<ProbeResult> {
  const client = require('../client/probe') as typeof import('../client/probe');
  return client.probe(settings, askForCertificates);
}

async function handle(message: ToWorker): Promise<void> {
  switch (message.kind) {
    case 'logs':
      pipeline.add(receivedLogs(message.batch));
      return;
    case 'start':
      pipeline.start();
      return;
    case 'flush':
      await pipeline.flushBeforeExit({
        boundMillis: Math.max(message.endAt - monotonicMillis(), 0),
        retryMillis: message.retryMillis,
      });
      postReport();
      tell({ kind: 'flushed', id: message.id });
      // Of two flushes at a time, the first may be done last.
      if (message.id > Atomics.load(signals, SIGNAL.flushed)) {
        Atomics.store(signals, SIGNAL.flushed, message.id);
      }
      Atomics.notify(signals, SIGNAL.flushed);
      return;
    case 'certificates':
      certificates.receive(message.certificates);
      return;
    case 'probe':
      tell({ kind: 'probed', result: await probe() });
      return;
    case 'close':
      await pipeline.close();
      postReport();
      port.close();
  }
}

port.on('message', (message: ToWorker) => void handle(message));
tell({ kind: 'ready' });
Atomics.store(signals, SIGNAL.ready, 1);
Atomics.notify(signals, SIGNAL.ready);
