import type { IncomingMessage } from 'node:http';

/** What Express adds to a request when a route has matched. */
interface ExpressRequest extends IncomingMessage {
  baseUrl?: unknown;
  route?: { path?: unknown };
}

/**
 * The route template of an Express request (`req.baseUrl + req.route.path`), when one has matched.
 * Express restores `baseUrl` when a router is left, so the time to ask is while a handler responds.
 */
export function expressRoute(request: ExpressRequest): string | undefined {
  try {
    const path = request.route?.path;
    if (typeof path !== 'string') return undefined;
    const route = `${typeof request.baseUrl === 'string' ? request.baseUrl : ''}${path}`;
    return route.startsWith('/') ? route : undefined;
  } catch {
    return undefined; // another framework may have getters of these names
  }
}
