import { AsyncLocalStorage } from 'node:async_hooks';
import type { Exchange, ExchangeScope } from './exchange';

type CurrentScope = AsyncLocalStorage<ExchangeScope | undefined>;

/**
 * Where all copies of this package find the same storage: on Node's own class, which they share, also where
 * a test runner gives each of them a `globalThis` of its own. And on `globalThis` the same test runners look
 * for what was left behind.
 */
const CURRENT_SCOPE = Symbol.for('readme-metrics-opentelemetry.current-scope');

// Always, though up to Node 22 it costs every promise of the application some time: Next loads what imports
// setReadmeGroup only when the first request runs it, and that request has to be followed too.
const currentScope = sharedStorage();

function sharedStorage(): CurrentScope {
  const shared = AsyncLocalStorage as { [CURRENT_SCOPE]?: CurrentScope };
  if (shared[CURRENT_SCOPE] !== undefined) return shared[CURRENT_SCOPE];
  const storage: CurrentScope = new AsyncLocalStorage();
  // Where the class is frozen, each copy has its own.
  Reflect.defineProperty(shared, CURRENT_SCOPE, { value: storage });
  return storage;
}

/** From here on, code that runs because of this request finds its exchange. */
export function enterExchange(exchange: Exchange): ExchangeScope {
  const scope = { exchange };
  currentScope.enterWith(scope);
  return scope;
}

/** Runs a method as code that runs because of a request; what comes after it does not. */
export function runInScope(
  scope: ExchangeScope | undefined,
  method: (...args: unknown[]) => unknown,
  self: object,
  ...args: unknown[]
): unknown {
  if (scope === undefined) return Reflect.apply(method, self, args);
  return currentScope.run(scope, Reflect.apply, method, self, args);
}

/** A request that is not observed must not find the exchange of the one before it on the same connection. */
export function enterNothing(): void {
  if (currentScope.getStore() !== undefined) currentScope.enterWith(undefined);
}

/** The exchange of the request because of which this code runs. */
export function currentExchange(): Exchange | undefined {
  return currentScope.getStore()?.exchange;
}
