import type { IncomingMessage } from 'node:http';

/** What Express adds to a request when a route has matched. */
interface ExpressRequest extends IncomingMessage {
  baseUrl?: unknown;
  route?: { path?: unknown };
}

/** Of a target in absolute-form (RFC 9112 §3.2.2), with user name and password: no part of the path. */
const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i;

/** What in a template can stand for any number of segments, so that counting them tells nothing. */
const OPEN_ENDED = /[*?+(){}]/;

/**
 * The route template of an Express request (`req.baseUrl + req.route.path`), when one has matched.
 * Express restores `baseUrl` when a router is left, so the time to ask is while a handler responds.
 *
 * @param target request target as it came in, `/path?query`.
 */
export function expressRoute(request: ExpressRequest, target: string): string | undefined {
  try {
    const path = request.route?.path;
    if (typeof path !== 'string') return undefined;
    const base = typeof request.baseUrl === 'string' ? request.baseUrl : '';
    const route = `${base || lostBase(path, target)}${path}`;
    return route.startsWith('/') ? route : undefined;
  } catch {
    return undefined; // another framework may have getters of these names
  }
}

/**
 * An error that leaves a nested router takes `baseUrl` with it, but `route` stays. `baseUrl` is literal
 * text of the path, so it is what the path has more than the template.
 */
function lostBase(template: string, target: string): string {
  if (OPEN_ENDED.test(template)) return '';
  const path = target.replace(ORIGIN, '').replace(/[?#].*$/s, '');
  const more = countSegments(path) - countSegments(template);
  if (more <= 0) return '';
  const segments = path.split('/').filter((segment) => segment !== '');
  return `/${segments.slice(0, more).join('/')}`;
}

/** Without splitting it: this runs for every request of a route that belongs to no router. */
function countSegments(path: string): number {
  let count = 0;
  for (let index = 0; index < path.length; index++) {
    if (path[index] !== '/' && (index === 0 || path[index - 1] === '/')) count++;
  }
  return count;
}
