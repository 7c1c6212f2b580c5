import type { IncomingMessage } from 'node:http';
import { pathOf, prefixOf } from './path';

/** What Next.js (13.5 to 16) notes on a request, for all copies of itself that an application has bundled. */
const META = Symbol.for('NextInternalRequestMeta');

interface NextRequest extends IncomingMessage {
  readonly [META]?: { readonly match?: { readonly definition?: { readonly pathname?: unknown } } };
}

/** The route that Next.js has matched, `/letters/[id]`, of its app directory or of `pages`. */
export function nextRoute(request: NextRequest, target: string): string | undefined {
  const route = request[META]?.match?.definition?.pathname;
  // `/_not-found` and `/_error` are what is shown where no route has matched.
  if (typeof route !== 'string' || !route.startsWith('/') || route.startsWith('/_'))
    return undefined;
  // It is without `basePath` and locale.
  return prefixOf(route, pathOf(target)) + route;
}
