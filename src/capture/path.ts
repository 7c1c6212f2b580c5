/** Of a target in absolute-form (RFC 9112 §3.2.2), with user name and password: no part of the path. */
const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i;

/** What in a template can stand for any number of segments, so that counting them tells nothing. */
const OPEN_ENDED = /[*?+(){}]/;

/** The path of a request target, as it was sent. */
export function pathOf(target: string): string {
  return target.replace(ORIGIN, '').replace(/[?#].*$/s, '');
}

/**
 * What a path has more than the template that its end follows: where a router is mounted, which is literal text
 * of the path.
 */
export function prefixOf(template: string, path: string): string {
  if (OPEN_ENDED.test(template)) return '';
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
