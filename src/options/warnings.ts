import { writeSync } from 'node:fs';
import { diagnostics } from './diagnostics';
import { plainText } from './plain-text';

const STANDARD_ERROR = 2;
/** More different messages than these are no news any more. */
const MOST_MESSAGES = 1000;

/** Who is told of problems; it never throws. */
export interface Reporter {
  /** For problems that a person must act on; each code once. */
  warnOnce(code: string, message: string): void;
  /** For everything else; each key once. */
  diagOnce(key: string, message: string): void;
  /** Details for somebody who looks for a fault, each time. */
  debug(message: string): void;
}

/**
 * Tells each problem once: to a person by `process.emitWarning`, or to who reads OpenTelemetry's `diag`.
 * It never throws, whatever the application has put in place of these.
 */
export class Warnings implements Reporter {
  readonly #told = new Set<string>();
  #atOnce = false;

  warnOnce(code: string, message: string): void {
    if (this.#isNew(code)) this.warn(code, message);
  }

  /** For problems that come and go, each time: who calls keeps it rare. */
  warn(code: string, message: string): void {
    if (this.#atOnce) {
      safely(() => print(code, plainText(message)));
      return;
    }
    safely(() =>
      process.emitWarning(`readme-metrics-opentelemetry: ${plainText(message)}`, {
        type: 'ReadmeMetricsWarning',
        code,
      }),
    );
  }

  diagOnce(key: string, message: string): void {
    if (this.#isNew(key)) say('warn', message);
  }

  /** For what is as it should be, and still of interest to who looks for a fault. */
  debugOnce(key: string, message: string): void {
    if (this.#isNew(key)) debug(message);
  }

  debug(message: string): void {
    debug(message);
  }

  /**
   * The process is about to end: from now on, what a person must act on is printed at once. Node would print
   * it in the next turn of the event loop, which will not come.
   */
  printAtOnce(): void {
    this.#atOnce = true;
  }

  /** Keys can hold names that come from the application's data, so they must not pile up. */
  #isNew(key: string): boolean {
    if (this.#told.has(key) || this.#told.size >= MOST_MESSAGES) return false;
    this.#told.add(key);
    return true;
  }
}

/** Tells who reads OpenTelemetry's `diag`, each time; never throws either. */
export function debug(message: string): void {
  say('debug', message);
}

function say(level: 'warn' | 'debug', message: string): void {
  safely(() => diagnostics.say(level, `readme-metrics-opentelemetry: ${plainText(message)}`));
}

/** As Node prints warnings; not at all when it was started with --no-warnings, and has no listener for them. */
function print(code: string, message: string): void {
  if (process.listenerCount('warning') === 0) return;
  const text = `(node:${process.pid}) [${code}] ReadmeMetricsWarning: readme-metrics-opentelemetry: ${message}\n`;
  writeSync(STANDARD_ERROR, text);
}

function safely(action: () => void): void {
  try {
    action();
  } catch {
    // A warning that cannot be given must not become a fault of its own.
  }
}
