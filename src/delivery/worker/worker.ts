/**
 * The worker thread in which logs are made and sent; started by `worker-link.ts`.
 *
 * It is told what to do by messages, and tells what became of it by messages.
 */
import { workerData } from 'node:worker_threads';
import type { Reporter } from '../../options/warnings';
import { createLogPipeline } from '../create-log-pipeline';
import type { LogSource, PendingLog, PipelineObserver } from '../pipeline';
import { unpack } from './parcel';
import {
  type FromWorker,
  monotonicMillis,
  type News,
  type ToWorker,
  type WorkerStart,
} from './worker-messages';

/** What has happened is told together with what happens in the next milliseconds. */
const NEWS_MILLIS = 25;

const { settings, port, left } = workerData as WorkerStart;

const tell = (message: FromWorker): void => port.postMessage(message);

const reporter: Reporter = {
  warnOnce: (key, message) => tell({ kind: 'warnOnce', key, message }),
  diagOnce: (key, message) => tell({ kind: 'diagOnce', key, message }),
  debug: (message) => tell({ kind: 'debug', key: '', message }),
};
const observer: PipelineObserver = {
  onRequest: (millis, result) => currentNews().requests.push(millis, result),
  onWithheld: (bodies) => {
    currentNews().withheld += bodies;
  },
  onRecovered: (logs) => {
    currentNews().recovered += logs;
  },
};
const pipeline = createLogPipeline(settings, reporter, observer, {
  // The application's instrumentation is not loaded here.
  untraced: (begin) => begin(),
});

let received = 0;
let news: News | undefined;

function currentNews(): News {
  if (news === undefined) {
    news = { kind: 'news', outcomes: [], requests: [], withheld: 0, recovered: 0 };
    setTimeout(tellNews, NEWS_MILLIS);
  }
  return news;
}

function tellNews(): void {
  if (news !== undefined) tell(news);
  news = undefined;
}

function pending(source: LogSource): PendingLog {
  const number = received++;
  return {
    source,
    settled(outcome) {
      currentNews().outcomes.push(number, outcome);
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
      tellNews();
      tell({ kind: 'left', id: message.id });
      Atomics.add(left, 0, 1);
      Atomics.notify(left, 0);
      return;
    case 'close':
      await pipeline.close();
      tellNews();
      port.close();
  }
}

port.on('message', (message: ToWorker) => void handle(message));
tell({ kind: 'ready' });
