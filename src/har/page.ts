import { originOf, withoutQuery } from './uri';

/**
 * What a RegExp is written as where it stands for a route, as Express has it, and tracing with it: with anchors
 * or escapes, which no template has.
 */
const REGEXP_TEXT = /^\/\^|\$\/[a-z]*$|\\\//;
/** What in a RegExp matches anything, `/` too. */
const ANYTHING = /\.[*+]|\[\^\][*+]|\[\\s\\S\][*+]/;
/** Constraints of a parameter: `:id(\\d+)`, `{id:[0-9]+}`, `{id:\\d+}`. */
const CONSTRAINTS = /\([^()]*\)|:[^/{}]*(?=\})/g;
/**
 * `*` of Express 4, Fastify, chi and others, `*name` of Express 5 and Gin, `{*name}` of ASP.NET, `{name*}` of
 * Hapi (but `{name*2}` are two segments), `:name+` of Koa, `[...name]` of Next.js, `{name...}` of Go.
 */
const WILDCARD = /\*(?!\d)|\w\+(?=\/|$)|\.\.\./;
/** `{name:path}` of FastAPI and Starlette, `<path:name>` of Flask and Django. */
const PATH_PARAMETER = /:path\}|<path:/;

/**
 * The page that ReadMe counts a log to: the route template, or the URL without query where none is known or the
 * route takes any path, as the one that serves a single-page application does. `/posts` and `/posts/` are one page.
 */
export function pageref(route: string, shownUrl: string): string {
  if (route === '' || isCatchAll(route)) return withoutSlash(withoutQuery(shownUrl));
  const path = route.startsWith('/') ? route : `/${route}`;
  return originOf(shownUrl) + (REGEXP_TEXT.test(path) ? path : withoutSlash(path));
}

/** An API has so many routes, and more is no API: they are looked at once. */
const MOST_KNOWN = 1000;
const known = new Map<string, boolean>();

/** Whether a route, of whatever framework and language, matches paths of any length. */
export function isCatchAll(route: string): boolean {
  let takesAny = known.get(route);
  if (takesAny === undefined) {
    takesAny = matchesAnyPath(route);
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(route, takesAny);
  }
  return takesAny;
}

function matchesAnyPath(route: string): boolean {
  if (REGEXP_TEXT.test(route)) return ANYTHING.test(route);
  if (ANYTHING.test(route) || PATH_PARAMETER.test(route)) return true;
  return WILDCARD.test(route.replace(CONSTRAINTS, ''));
}

/** But for the slash that is all of a path. */
function withoutSlash(page: string): string {
  if (!page.endsWith('/')) return page;
  const bare = page.replace(/([^/])\/+$/, '$1');
  return bare === originOf(page) ? `${bare}/` : bare;
}
