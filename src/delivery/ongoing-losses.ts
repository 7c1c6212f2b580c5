import type { Warnings } from '../options/warnings';
import type { DropReason } from '../record/drop-reason';

/** Losses go on when the first and the latest of them are so far apart. After so long without any they are over. */
const GOES_ON_MILLIS = 10_000;
/** A server that comes and goes is not reported more often. */
const NEXT_REPORT_MILLIS = 10 * 60_000;

/** What to do; of the reason with the most losses. */
const ADVICE: { readonly [Reason in DropReason]?: string } = {
  unavailable:
    'Check the connection to ReadMe (npx readme-metrics-opentelemetry doctor) and the option metricsServer; spoolDirectory keeps such logs',
  rejected: 'npx readme-metrics-opentelemetry doctor sends one log and shows the answer',
  buffer_full: 'They arrive more slowly than they are made: see the option maxBufferedBytes',
  span_limits: "Raise the provider's span limits, or use ReadmeSpanProcessor",
  span_ended_early: 'Use ReadmeSpanProcessor: it waits for the response',
  span_unfinished: 'Use ReadmeSpanProcessor: it needs no ended span',
  internal_error: 'Please report it',
};

/** These have a warning of their own. When logs arrive again is news here too. */
const WARNED_OF: ReadonlySet<DropReason> = new Set([
  'unauthorized',
  'worker_crashed',
  'spool_full',
  'spool_failed',
]);

/** These too, or they are the application's wish; and that others arrive says nothing of them. */
const NOT_HERE: ReadonlySet<DropReason> = new Set([
  'group_invalid',
  'group_failed',
  'group_pending',
  'lists_differ',
  'shutdown_timeout',
  'after_shutdown',
]);

type State = 'unreported' | 'reported elsewhere' | 'reported';

interface Losses {
  readonly since: number;
  latest: number;
  state: State;
  readonly dropped: { [Reason in DropReason]?: number };
}

/**
 * Warns once when losses go on, with their number by reason, and once when they are over and logs arrive. There is
 * no timer: it would keep the context of the request in which it was set.
 */
export class OngoingLosses {
  readonly #warnings: Pick<Warnings, 'warn'>;
  #losses: Losses | undefined;
  /** Whether a log has arrived since the last loss. */
  #hasArrived = false;
  /** `performance.now()` before which nothing is reported. */
  #nextReport = 0;
  /** What the server answered last that was no success, or why it did not. */
  #failure: string | undefined;

  constructor(warnings: Pick<Warnings, 'warn'>) {
    this.#warnings = warnings;
  }

  onFailure(reason: string): void {
    this.#failure = reason;
  }

  onLoss(reason: DropReason): void {
    if (NOT_HERE.has(reason)) return;
    const now = performance.now();
    this.#losses ??= { since: now, latest: now, state: 'unreported', dropped: {} };
    const losses = this.#losses;
    losses.latest = now;
    losses.dropped[reason] = (losses.dropped[reason] ?? 0) + 1;
    // A log is unavailable after retryTimeoutMillis of failures; alone it may be one that the server cannot digest.
    const goesOn =
      now - losses.since >= GOES_ON_MILLIS || (reason === 'unavailable' && !this.#hasArrived);
    this.#hasArrived = false;
    if (WARNED_OF.has(reason) && losses.state === 'unreported') losses.state = 'reported elsewhere';
    if (!goesOn || WARNED_OF.has(reason) || losses.state === 'reported' || now < this.#nextReport)
      return;
    losses.state = 'reported';
    // What is settled in one go is counted in one go.
    queueMicrotask(() => this.#report(losses));
  }

  onArrival(): void {
    this.#hasArrived = true;
    if (this.#losses === undefined) return;
    const now = performance.now();
    const { latest, state, dropped } = this.#losses;
    if (now - latest < GOES_ON_MILLIS) return;
    this.#losses = undefined;
    if (state === 'unreported') return;
    this.#nextReport = now + NEXT_REPORT_MILLIS;
    this.#warnings.warn(
      'README_LOGS_ARRIVE_AGAIN',
      `logs arrive at ReadMe again. Until now were lost: ${asText(dropped)}.`,
    );
  }

  #report({ dropped }: Losses): void {
    const [main] = byNumber(dropped)[0] ?? ['unavailable'];
    const isOfServer = main === 'unavailable' || main === 'rejected' || main === 'buffer_full';
    const reason = isOfServer && this.#failure !== undefined ? ` (${this.#failure})` : '';
    const advice = ADVICE[main] === undefined ? '' : ` ${ADVICE[main]}.`;
    this.#warnings.warn(
      'README_LOGS_DROPPED',
      `logs are dropped on their way to ReadMe, lost so far: ${asText(dropped)}${reason}. stats() counts on.${advice}`,
    );
  }
}

type Dropped = Losses['dropped'];

function byNumber(dropped: Dropped): [DropReason, number][] {
  return (Object.entries(dropped) as [DropReason, number][]).sort(([, a], [, b]) => b - a);
}

function asText(dropped: Dropped): string {
  return byNumber(dropped)
    .map(([reason, count]) => `${count} ${reason}`)
    .join(', ');
}
