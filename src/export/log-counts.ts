import { type Counter, metrics } from '@opentelemetry/api';
import type { LossCause } from '../options/loss-cause';
import { VERSION } from '../version';

/** How many logs arrived and how many did not, by cause. */
export interface LogCountsSnapshot {
  readonly delivered: number;
  readonly dropped: { readonly [Cause in LossCause]?: number };
}

/**
 * Counts what became of the logs, for `stats()` and as the OpenTelemetry counter `readme.logs` with the
 * attributes `outcome` (`delivered`, `dropped`) and `cause`.
 */
export class LogCounts {
  #delivered = 0;
  readonly #dropped: { [Cause in LossCause]?: number } = {};
  #counter: Counter | undefined;

  delivered(logs = 1): void {
    this.#delivered += logs;
    this.#add(logs, { outcome: 'delivered' });
  }

  dropped(cause: LossCause, logs = 1): void {
    this.#dropped[cause] = (this.#dropped[cause] ?? 0) + logs;
    this.#add(logs, { outcome: 'dropped', cause });
  }

  snapshot(): LogCountsSnapshot {
    return { delivered: this.#delivered, dropped: { ...this.#dropped } };
  }

  #add(logs: number, attributes: { outcome: string; cause?: string }): void {
    try {
      // Not before it is needed: the API has no proxy for a MeterProvider that is registered later.
      this.#counter ??= metrics
        .getMeter('readme-metrics-opentelemetry', VERSION)
        .createCounter('readme.logs', {
          unit: '{log}',
          description: 'HTTP exchanges logged to ReadMe Metrics',
        });
      this.#counter.add(logs, attributes);
    } catch {
      // The application's MeterProvider must not be able to stop a delivery.
    }
  }
}
