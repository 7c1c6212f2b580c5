import { channel } from 'node:diagnostics_channel';
import { exchangeOf } from './exchange-of';

/** What Fastify publishes when the handler of a route, or an error that came before it, is next. */
interface HandlerStart {
  readonly request?: { readonly raw?: object };
  readonly reply?: object;
  readonly route?: { readonly url?: unknown };
}

const START = channel('tracing:fastify.request.handler:start');
const ERROR = channel('tracing:fastify.request.handler:error');
/** Those that nothing here listens to. */
const OTHERS = ['end', 'asyncStart', 'asyncEnd'].map((name) =>
  channel(`tracing:fastify.request.handler:${name}`),
);

/** Who wants the routes. The channels are to have one subscriber of ours, however many want them. */
const followers = new Set<object>();

/** Learns the routes of Fastify 5 applications, which nothing on a request says. */
export function followFastify(follower: object): void {
  if (followers.size === 0) subscribe();
  followers.add(follower);
}

export function leaveFastify(follower: object): void {
  if (followers.delete(follower) && followers.size === 0) unsubscribe();
}

function subscribe(): void {
  START.subscribe(onStart);
  ERROR.subscribe(onError);
}

function unsubscribe(): void {
  START.unsubscribe(onStart);
  ERROR.unsubscribe(onError);
}

function onStart(message: unknown): void {
  // A subscriber's exception becomes an uncaught exception of the application.
  try {
    const { request, reply, route } = message as HandlerStart;
    const exchange = exchangeOf(request?.raw);
    if (exchange !== undefined && typeof route?.url === 'string') exchange.route = route.url;
    if (reply !== undefined && !OTHERS.some(({ hasSubscribers }) => hasSubscribers)) {
      keepStatus(message as object, reply);
    }
  } catch {
    // The page is then the path.
  }
}

/**
 * With a subscriber, Fastify sets the status of a failed request before it calls the application's error
 * handler: one that sets none answers 500 in place of 200 (seen in 5.12). Such a subscriber must not be us.
 *
 * Fastify puts the error on the message, calls `reply.code()`, and publishes, with nothing in between: so from
 * the first to the last of these, `code` does nothing, unless others listen too.
 */
function keepStatus(message: object, reply: object): void {
  Object.defineProperty(message, 'error', {
    configurable: true,
    enumerable: false,
    get: () => undefined,
    set(value: unknown) {
      Object.defineProperty(message, 'error', {
        value,
        configurable: true,
        enumerable: true,
        writable: true,
      });
      if (Object.hasOwn(reply, 'code') || isOneOfMany()) return;
      Object.defineProperty(reply, 'code', {
        value(this: unknown) {
          Reflect.deleteProperty(reply, 'code');
          return this;
        },
        configurable: true,
        enumerable: false,
      });
      silenced.add(reply);
    },
  });
}

/** Replies whose status is not to be set now. */
const silenced = new WeakSet<object>();

function onError(message: unknown): void {
  const { reply } = message as HandlerStart;
  if (reply !== undefined && silenced.delete(reply)) Reflect.deleteProperty(reply, 'code');
}

/** Whether somebody else listens. A channel does not say how many do. */
function isOneOfMany(): boolean {
  unsubscribe();
  const others = [START, ERROR, ...OTHERS].some(({ hasSubscribers }) => hasSubscribers);
  if (followers.size > 0) subscribe();
  return others;
}
