import { type LogSettings, writeLog } from '../../har/write-log';
import { nameOf } from '../../options/name-of';
import type { Reporter } from '../../options/warnings';
import type { GrowingBytes } from '../../record/growing-bytes';
import type { PipelineObserver } from '../pipeline';
import type { LogWriter } from './open-request';
import type { WaitingLog } from './waiting-log';

/** JSON is longer than its record by about so much, until there is something to go by. */
const FIRST_RATIO = 2;
/** What the last log counts for in the average. */
const NEWEST = 0.1;

/** Makes the JSON of logs from their records, each time that they are sent. */
export class LogMaker implements LogWriter {
  readonly #settings: LogSettings;
  readonly #reporter: Reporter;
  readonly #observer: Pick<PipelineObserver, 'onWithheld'>;
  #ratio = FIRST_RATIO;

  constructor(
    settings: LogSettings,
    reporter: Reporter,
    observer: Pick<PipelineObserver, 'onWithheld'>,
  ) {
    this.#settings = settings;
    this.#reporter = reporter;
    this.#observer = observer;
  }

  estimate({ record }: WaitingLog): number {
    return record.length * this.#ratio;
  }

  write(log: WaitingLog, out: GrowingBytes): void {
    const start = out.length;
    const withheld = writeLog(log.record, this.#settings, out);
    // A log that is sent again is made again, of the same bodies.
    if (withheld > 0 && log.made === 0) this.#observer.onWithheld(withheld);
    log.made++;
    const ratio = (out.length - start) / log.record.length;
    this.#ratio += NEWEST * (ratio - this.#ratio);
  }

  /** What could not be filtered must not be sent; the message of the error might hold some of it. */
  failed(log: WaitingLog, error: unknown): void {
    const message = `a log could not be built: ${nameOf(error)}`;
    this.#reporter.diagOnce('a log could not be built', message);
    log.settle('internal_error');
  }
}
