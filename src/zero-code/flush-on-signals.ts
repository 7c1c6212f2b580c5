import { OwnListener } from '../delivery/exit/own-listener';
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
 * code that it always has (143, 130). Where others listen to it, they decide when and how to exit.
 */
export function flushOnSignals(logs: LastLogs): void {
  for (const signal of SIGNALS) flushOnSignal(signal, logs);
}

function flushOnSignal(signal: Signal, logs: LastLogs): void {
  let leaving = false;
  const own = new OwnListener(signal, 'first', () => {
    if (own.others > 0) {
      stepAside(own, signal);
      processExit.askFor();
      // What is lost is counted; what is left when the application leaves is delivered then.
      logs.forceFlush().catch(() => {});
    } else if (leaving) {
      // A second signal does not want to wait.
      raise();
    } else {
      leaving = true;
      void logs.flushBeforeExit().finally(raise);
    }
  });
  const raise = () => {
    // A listener that came meanwhile decides.
    if (own.others === 0) own.remove();
    process.kill(process.pid, signal);
  };
  own.add();
}

/**
 * Is no listener until all others have been called. Some look whether they are alone, and end the process only
 * then: `tsx`, by `process.exit()`; signal-exit, which many packages bring, by the same signal.
 */
function stepAside(own: OwnListener, signal: Signal): void {
  const emitter: NodeJS.EventEmitter = process;
  const onRemoved = (event: string | symbol) => {
    // With its last listener, Node gives up the signal. One that the application sends to itself then, as it would
    // to end by it, has to wait for the last logs all the same. This has Node take the signal up again.
    if (event === signal && own.others === 0) emitter.emit('newListener', signal, () => {});
  };
  own.remove();
  process.on('removeListener', onRemoved);
  queueMicrotask(() => {
    process.off('removeListener', onRemoved);
    own.add();
  });
}
