import type { IncomingMessage } from 'node:http';

/** What Express adds to a request when a route has matched. */
interface ExpressRequest extends IncomingMessage {
  baseUrl?: unknown;
  route?: { path?: unknown };
}

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
  const path = segments(target.split(/[?#]/, 1)[0] as string);
  const more = path.length - segments(template).length;
  return more > 0 ? `/${path.slice(0, more).join('/')}` : '';
}

function segments(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '');
}
