import { processExit } from '../delivery/exit/process-exit';

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;
type Signal = (typeof SIGNALS)[number];

/** Who has logs left. */
interface LastLogs {
  forceFlush(): Promise<void>;
  /** Is done within `exitTimeoutMillis`; never rejects. */
  flushBeforeExit(): Promise<void>;
}

/**
 * Delivers the last logs when SIGTERM or SIGINT comes, then lets the signal end the process, with the exit
 * code that it always has (143, 130). With a listener of the application, it alone decides when to leave.
 */
export function flushOnSignals(logs: LastLogs): void {
  const justRemoved = watchRemovals();
  for (const signal of SIGNALS) {
    let leaving = false;
    const onSignal = () => {
      const decidedByOthers = justRemoved.has(signal) || hasOtherListeners(signal);
      if (decidedByOthers) {
        processExit.askFor();
        // What is lost is counted; what is left when the application leaves is delivered then.
        logs.forceFlush().catch(() => {});
        return;
      }
      // A second signal does not want to wait.
      if (leaving) raise(signal, onSignal);
      leaving = true;
      void logs.flushBeforeExit().finally(() => raise(signal, onSignal));
    };
    // First in the row, to see the listeners of `once` before they are called.
    process.prependListener(signal, onSignal);
  }
}

/** Events of which a listener has just been removed: one of `prependOnceListener` goes before our turn. */
function watchRemovals(): ReadonlySet<string | symbol> {
  const justRemoved = new Set<string | symbol>();
  process.on('removeListener', (event: string | symbol) => {
    if (!(SIGNALS as readonly (string | symbol)[]).includes(event)) return;
    justRemoved.add(event);
    queueMicrotask(() => justRemoved.delete(event));
  });
  return justRemoved;
}

/** signal-exit, which many packages bring, ends the process itself where it is the only one to listen. */
function hasOtherListeners(signal: Signal): boolean {
  type Emitters = Record<string | symbol, { count?: number } | undefined>;
  const third = (process as unknown as Emitters).__signal_exit_emitter__;
  const fourth = (globalThis as unknown as Emitters)[Symbol.for('signal-exit emitter')];
  const ofSignalExit = (third?.count ?? 0) + (fourth?.count ?? 0);
  return process.listenerCount(signal) - 1 - ofSignalExit > 0;
}

function raise(signal: Signal, onSignal: () => void): void {
  process.removeListener(signal, onSignal);
  process.kill(process.pid, signal);
}
