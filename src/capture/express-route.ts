import type { IncomingMessage } from 'node:http';
import { matchLayer } from './express-layer';
import { type ExpressApp, type Mounted, mountedAt } from './express-mounts';
import { pathOf, prefixOf } from './path';

/** What Express adds to a request, and restify after its example. */
export interface ExpressRequest extends IncomingMessage {
  /** Where the router is mounted that has the request now: the text of the path, not the template. */
  readonly baseUrl?: unknown;
  readonly route?: { readonly path?: unknown };
  readonly app?: ExpressApp;
}

/**
 * The route template of a request that Express has found a route for, or who puts the same on it: restify, NestJS
 * on Express, an application that sets `request.route` itself.
 *
 * Express restores `baseUrl` when a router is left, so the time to ask is while a handler responds.
 *
 * @param target request target as it came in, `/path?query`.
 */
export function expressRoute(request: ExpressRequest, target: string): string | undefined {
  const { route, baseUrl, app } = request;
  const path = route?.path;
  if (route === undefined || path === undefined) return undefined;
  // Not of Express: nothing is mounted that the path does not name.
  if (baseUrl === undefined && app === undefined) {
    return typeof path === 'string' ? rooted(path) : undefined;
  }
  const base = typeof baseUrl === 'string' ? baseUrl : '';
  const whole = pathOf(target);
  // An error that leaves its router takes `baseUrl` with it, but `route` stays.
  const isLost = base === '';
  const mounted = mounts(request, route, isLost ? whole : base, !isLost);
  if (typeof path === 'string') {
    return rooted((mounted?.template ?? (base || prefixOf(path, whole))) + path);
  }
  if (path instanceof RegExp) return rooted((mounted?.template ?? base) + String(path));
  if (mounted?.layer === undefined) return undefined;
  const rest = isLost ? whole.slice(mounted.length) : pathOf(request.url ?? '');
  const matched = matchLayer(mounted.layer, rest, path);
  return matched === undefined ? undefined : rooted(mounted.template + matched.template);
}

/** An application may have anything under these names. */
function mounts(
  { app }: ExpressRequest,
  route: object,
  path: string,
  whole: boolean,
): Mounted | undefined {
  if (app === undefined) return undefined;
  try {
    return mountedAt(app, route, path, whole);
  } catch {
    return undefined;
  }
}

function rooted(route: string): string | undefined {
  return route.startsWith('/') ? route : undefined;
}
