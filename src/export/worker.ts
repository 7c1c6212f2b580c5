/**
 * The worker thread in which logs are made and sent; started by `worker-link.ts`.
 *
 * It is told what to do by messages, and tells what became of it by messages.
 */
import { workerData } from 'node:worker_threads';
import type { Reporter } from '../options/warnings';
import { createLogPipeline } from './create-log-pipeline';
import type { LogSource, Outcome, PendingLog, PipelineObserver } from './outcome';
import { unpack } from './parcel';
import {
  type FromWorker,
  monotonicMillis,
  type ToWorker,
  type WorkerStart,
} from './worker-messages';

const { settings, port, left } = workerData as WorkerStart;

const tell = (message: FromWorker): void => port.postMessage(message);

const reporter: Reporter = {
  warnOnce: (key, message) => tell({ kind: 'warnOnce', key, message }),
  diagOnce: (key, message) => tell({ kind: 'diagOnce', key, message }),
  debug: (message) => tell({ kind: 'debug', key: '', message }),
};
const observer: PipelineObserver = {
  onRequest: (millis, result) => tell({ kind: 'request', millis, result }),
  onWithheld: (count) => tell({ kind: 'withheld', count }),
  onRecovered: (count) => tell({ kind: 'recovered', count }),
};
const pipeline = createLogPipeline(settings, reporter, observer);

let received = 0;
/** Gathered, so that the logs of one request are told of in one message. */
let outcomes: (number | Outcome)[] = [];

function tellOutcomes(): void {
  if (outcomes.length > 0) tell({ kind: 'settled', outcomes });
  outcomes = [];
}

function pending(source: LogSource): PendingLog {
  const number = received++;
  return {
    source,
    settled(outcome) {
      if (outcomes.length === 0) queueMicrotask(tellOutcomes);
      outcomes.push(number, outcome);
    },
  };
}

async function handle(message: ToWorker): Promise<void> {
  switch (message.kind) {
    case 'logs':
      pipeline.add(unpack(message.parcel).map(pending));
      return;
    case 'start':
      pipeline.start();
      return;
    case 'leave':
      await pipeline.leave({
        boundMillis: Math.max(message.endAt - monotonicMillis(), 0),
        retryMillis: message.retryMillis,
      });
      tellOutcomes();
      tell({ kind: 'left', id: message.id });
      Atomics.add(left, 0, 1);
      Atomics.notify(left, 0);
      return;
    case 'close':
      await pipeline.close();
      tellOutcomes();
      port.close();
  }
}

port.on('message', (message: ToWorker) => void handle(message));
tell({ kind: 'ready' });
