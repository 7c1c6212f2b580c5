import type { IncomingMessage } from 'node:http';
import { expressRoute } from './express-route';
import { nextRoute } from './next-route';
import { pathOf } from './path';
import { templateFromParams } from './route-from-params';

/** What Polka calls its `*`. */
const WILDCARDS = ['wild', '*'];

/**
 * The route template of a request, where a framework has put it, or what it can be told from, on the request.
 *
 * @param target request target as it came in, `/path?query`.
 */
export function routeOf(request: IncomingMessage, target: string): string | undefined {
  try {
    return (
      expressRoute(request, target) ?? nextRoute(request, target) ?? routeOfParams(request, target)
    );
  } catch {
    return undefined; // another framework may have getters of these names
  }
}

/** Polka, and other small routers, put the parameters alone on a request. */
function routeOfParams(
  request: IncomingMessage & { readonly params?: unknown; readonly baseUrl?: unknown },
  target: string,
): string | undefined {
  const { params, baseUrl } = request;
  // Express gives parameters to a middleware too, which is no route.
  if (baseUrl !== undefined || params === null || typeof params !== 'object') return undefined;
  const named = params as Record<string, unknown>;
  if (Object.keys(named).length === 0) return undefined;
  if (WILDCARDS.some((name) => Object.hasOwn(named, name))) return undefined;
  return templateFromParams(pathOf(target), named);
}
