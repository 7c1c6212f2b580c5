import { setImmediate, setTimeout } from 'node:timers';

/** What the module `domain` adds to `process`; `null` or absent outside of a domain. */
interface InDomain {
  readonly domain?: unknown;
}

/** Whether the code that calls runs in a `domain`: of the request that it serves, or one that is never left. */
export function isInDomain(): boolean {
  const { domain } = process as InDomain;
  return domain !== undefined && domain !== null;
}

/**
 * Calls back in a later turn of the event loop, with none of the application's code on the stack.
 *
 * In an application that never leaves a `domain`, Node warns of its first immediate (DEP0097), and with
 * `--throw-deprecation` it ends there: of a timer it does not.
 */
export function inNextTurn(callback: () => void): NodeJS.Immediate | NodeJS.Timeout {
  return isInDomain() ? setTimeout(callback) : setImmediate(callback);
}
