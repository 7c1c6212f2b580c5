import { clearTimeout, setTimeout } from 'node:timers';
import { inNextTurn } from '../../options/next-turn';

/** The time is taken in so many steps, so that one late step costs only a part of it. */
const STEPS = 10;

export interface PatientTimeout {
  readonly signal: AbortSignal;
  clear(): void;
}

/**
 * A timeout that does not run while the event loop is busy elsewhere. `AbortSignal.timeout` fires at the first
 * turn after its time, before Node reads what has long arrived: an answer would be thrown away, and its logs
 * sent twice. Here a step counts as one however late it comes, and after the last one the sockets are read.
 *
 * @param millis at least; the signal's reason is a `TimeoutError`, as that of `AbortSignal.timeout`.
 */
export function patientTimeout(millis: number): PatientTimeout {
  const controller = new AbortController();
  let steps = 0;
  let timer: NodeJS.Timeout;
  const abort = () => {
    controller.abort(new DOMException('The operation timed out', 'TimeoutError'));
  };
  const step = () => {
    steps++;
    if (steps < STEPS) timer = setTimeout(step, millis / STEPS).unref();
    // Timers run before Node polls for input, immediates after.
    else inNextTurn(() => inNextTurn(() => steps < Infinity && abort()));
  };
  timer = setTimeout(step, millis / STEPS).unref();
  return {
    signal: controller.signal,
    clear: () => {
      clearTimeout(timer);
      steps = Infinity;
    },
  };
}
