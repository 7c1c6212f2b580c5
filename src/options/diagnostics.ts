import { diag } from '@opentelemetry/api';

/** As OpenTelemetry's `DiagLogLevel`. */
const LEVELS = { none: 0, error: 30, warn: 50, info: 60, debug: 70, verbose: 80, all: 9999 };
type Level = 'warn' | 'info' | 'debug';

/** Where the API, in whichever copy, keeps what was set: it has no function that says whether there is a logger. */
const API = Symbol.for('opentelemetry.js.api.1');

/**
 * OpenTelemetry's `diag`. Nobody may have set a logger for it: with zero-code there need be no SDK that would do so
 * because of OTEL_LOG_LEVEL. Then its messages go to the standard error. They do not by `diag.setLogger`, because
 * an SDK that sets its own later would print two warnings about the first.
 */
class Diagnostics {
  #shown = LEVELS.none;

  /** @param level value of OTEL_LOG_LEVEL; what is none shows nothing. */
  showWithoutLogger(level: string | undefined): void {
    const name = level?.trim().toLowerCase() ?? '';
    this.#shown = Object.hasOwn(LEVELS, name) ? LEVELS[name as keyof typeof LEVELS] : LEVELS.none;
  }

  say(level: Level, message: string): void {
    diag[level](message);
    if (LEVELS[level] <= this.#shown && !hasLogger()) process.stderr.write(`${message}\n`);
  }
}

/** Of this process, as `diag` is. */
export const diagnostics = new Diagnostics();

function hasLogger(): boolean {
  return (globalThis as { [API]?: { readonly diag?: unknown } })[API]?.diag !== undefined;
}
