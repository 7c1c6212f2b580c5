import {
  type Attributes,
  type Counter,
  type Histogram,
  type MeterProvider,
  metrics,
} from '@opentelemetry/api';
import { processBudget } from '../record/byte-budget';
import { VERSION } from '../version';

interface Instruments {
  readonly logs: Counter;
  readonly withheldBodies: Counter;
  readonly omittedBodies: Counter;
  readonly requestDuration: Histogram;
}

/** One set for each MeterProvider: two callbacks of `readme.buffer.usage` would observe the same bytes. */
const instrumentsByProvider = new WeakMap<MeterProvider, Instruments>();

/**
 * To be called when an exchange begins. When the first log is delivered, the application may be shutting down its
 * MeterProvider, which then prints a warning through `diag` for whoever asks it for a meter: SDK 3's
 * `startNodeSdk` shows it on stderr, and shuts down the MeterProvider before the spans are exported.
 */
export function prepareInstruments(): void {
  try {
    instruments();
  } catch {
    // The application's MeterProvider must not be able to stop a request.
  }
}

function instruments(): Instruments {
  // Not before it is needed: the API has no proxy for a MeterProvider that is registered later.
  const provider = metrics.getMeterProvider();
  let own = instrumentsByProvider.get(provider);
  if (own === undefined) {
    own = createInstruments(provider);
    instrumentsByProvider.set(provider, own);
  }
  return own;
}

/**
 * What is counted, as OpenTelemetry metrics of the global MeterProvider:
 *
 * - `readme.logs` ({log}) by `outcome` (`delivered`, `dropped`, `spooled`, `recovered`) and `cause`;
 * - `readme.bodies.withheld` ({body}), `readme.bodies.omitted` ({body});
 * - `readme.request.duration` (s) of the requests to ReadMe, with `error.type` where one failed;
 * - `readme.buffer.usage` (By) held for exchanges whose logs are not delivered yet.
 */
export class LogMeters {
  addLogs(logs: number, attributes: Attributes): void {
    this.#with(({ logs: counter }) => counter.add(logs, attributes));
  }

  addWithheldBodies(bodies: number): void {
    this.#with(({ withheldBodies }) => withheldBodies.add(bodies));
  }

  addOmittedBodies(bodies: number): void {
    this.#with(({ omittedBodies }) => omittedBodies.add(bodies));
  }

  /**
   * @param millis duration of a request to the metrics server.
   * @param errorType absent when the server took it, as the semantic conventions have it.
   */
  recordRequest(millis: number, errorType: string | undefined): void {
    const attributes = errorType === undefined ? {} : { 'error.type': errorType };
    this.#with(({ requestDuration }) => requestDuration.record(millis / 1000, attributes));
  }

  #with(use: (instruments: Instruments) => void): void {
    try {
      use(instruments());
    } catch {
      // The application's MeterProvider must not be able to stop a delivery.
    }
  }
}

function createInstruments(provider: MeterProvider): Instruments {
  const meter = provider.getMeter('readme-metrics-opentelemetry', VERSION);
  meter
    .createObservableUpDownCounter('readme.buffer.usage', {
      unit: 'By',
      description: 'Bytes held for exchanges whose logs are not delivered yet',
    })
    .addCallback((result) => result.observe(processBudget.used));
  return {
    logs: meter.createCounter('readme.logs', {
      unit: '{log}',
      description: 'HTTP exchanges logged to ReadMe Metrics',
    }),
    withheldBodies: meter.createCounter('readme.bodies.withheld', {
      unit: '{body}',
      description: 'Bodies that could not be filtered and were not sent',
    }),
    omittedBodies: meter.createCounter('readme.bodies.omitted', {
      unit: '{body}',
      description: 'Bodies that were left out because maxBufferedBytes was used up',
    }),
    requestDuration: meter.createHistogram('readme.request.duration', {
      unit: 's',
      description: 'Duration of requests to ReadMe',
    }),
  };
}
