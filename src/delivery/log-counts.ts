import type { Warnings } from '../options/warnings';
import type { DropReason } from '../record/drop-reason';
import { LogMeters } from './log-meters';
import { OngoingLosses } from './ongoing-losses';
import type { Outcome, PipelineObserver } from './pipeline';

/** How many logs arrived and how many did not, by cause. */
export interface LogStats {
  /** Logs that ReadMe has taken. */
  readonly delivered: number;
  /** Logs that are lost, by cause. */
  readonly dropped: { readonly [Cause in DropReason]?: number };
  /** Logs that are kept in `spoolDirectory`, to be sent when ReadMe answers again. */
  readonly spooled: number;
  /** Logs of `spoolDirectory`, of this process or of others, that ReadMe has taken since. */
  readonly recovered: number;
  /** Logs that are on their way: neither delivered nor lost yet. */
  readonly pending: number;
  /** Bodies that a denylist or an allowlist could not be applied to, and that were withheld, wholly or in parts. */
  readonly withheldBodies: number;
  /** Bodies that were left out because `maxBufferedBytes` was used up; their logs say so. */
  readonly omittedBodies: number;
}

/** Counts what became of the logs, for `stats()` and for OpenTelemetry's metrics. */
export class LogCounts implements PipelineObserver {
  readonly #meters = new LogMeters();
  readonly #losses: OngoingLosses;
  readonly #dropped: { [Cause in DropReason]?: number } = {};
  #delivered = 0;
  #spooled = 0;
  #recovered = 0;
  #withheldBodies = 0;
  #omittedBodies = 0;

  constructor(warnings: Pick<Warnings, 'warn'>) {
    this.#losses = new OngoingLosses(warnings);
  }

  settled(outcome: Outcome): void {
    if (outcome === 'delivered') {
      this.#delivered++;
      this.#losses.onArrival();
      this.#meters.addLogs(1, { outcome });
    } else if (outcome === 'spooled') {
      this.#spooled++;
      this.#meters.addLogs(1, { outcome });
    } else this.dropped(outcome);
  }

  dropped(cause: DropReason): void {
    this.#dropped[cause] = (this.#dropped[cause] ?? 0) + 1;
    this.#meters.addLogs(1, { outcome: 'dropped', cause });
    this.#losses.onLoss(cause);
  }

  onRecovered(logs: number): void {
    this.#recovered += logs;
    this.#losses.onArrival();
    this.#meters.addLogs(logs, { outcome: 'recovered' });
  }

  onWithheld(bodies: number): void {
    this.#withheldBodies += bodies;
    this.#meters.addWithheldBodies(bodies);
  }

  omitted(bodies: number): void {
    this.#omittedBodies += bodies;
    this.#meters.addOmittedBodies(bodies);
  }

  onFailure(reason: string): void {
    this.#losses.onFailure(reason);
  }

  onRequest(millis: number, result: string): void {
    this.#meters.recordRequest(millis, result === 'success' ? undefined : result);
  }

  /** @param pending logs that are on their way. */
  snapshot(pending: number): LogStats {
    return {
      delivered: this.#delivered,
      dropped: { ...this.#dropped },
      spooled: this.#spooled,
      recovered: this.#recovered,
      pending,
      withheldBodies: this.#withheldBodies,
      omittedBodies: this.#omittedBodies,
    };
  }
}
