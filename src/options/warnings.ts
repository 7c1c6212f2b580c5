import { diag } from '@opentelemetry/api';

/** Tells each problem once: to a person by `process.emitWarning`, or to who reads OpenTelemetry's `diag`. */
export class Warnings {
  readonly #told = new Set<string>();

  /** For problems that a person must act on. */
  warnOnce(code: string, message: string): void {
    if (this.#told.has(code)) return;
    this.#told.add(code);
    process.emitWarning(`readme-metrics-opentelemetry: ${message}`, {
      type: 'ReadmeMetricsWarning',
      code,
    });
  }

  /** For everything else. */
  diagOnce(key: string, message: string): void {
    // Keys can hold names that come from the application's data: a bound keeps them from piling up.
    if (this.#told.has(key) || this.#told.size >= 1000) return;
    this.#told.add(key);
    diag.warn(`readme-metrics-opentelemetry: ${message}`);
  }
}
