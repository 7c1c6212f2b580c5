import type { ServerResponse } from 'node:http';

const NAME = 'x-documentation-url';

/**
 * The arguments of a `writeHead` call with `x-documentation-url` added, unless the application has set it.
 *
 * Where `writeHead` is given headers, the header goes to a copy of these: `setHeader` would take Node 20
 * another way through `writeHead`, on which a list of headers loses its duplicates (two `Set-Cookie`).
 */
export function withDocumentationUrl(
  response: ServerResponse,
  args: ArrayLike<unknown>,
  url: string,
): ArrayLike<unknown> {
  if (response.hasHeader(NAME)) return args;
  const place = typeof args[1] === 'string' || (args[2] ?? undefined) !== undefined ? 2 : 1;
  const headers = args[place];
  if (headers === null || typeof headers !== 'object') {
    response.setHeader(NAME, url);
    return args;
  }
  if (namesOf(headers).some((name) => String(name).toLowerCase() === NAME)) return args;
  const copy = Array.from(args);
  copy[place] = added(headers, url);
  return copy;
}

/** `writeHead` takes an object, a list of names and values, and a list of pairs. */
function namesOf(headers: object): unknown[] {
  if (!Array.isArray(headers)) return Object.keys(headers);
  if (Array.isArray(headers[0])) return headers.map((pair: unknown[]) => pair[0]);
  return headers.filter((_item, index) => index % 2 === 0);
}

function added(headers: object, url: string): object {
  if (!Array.isArray(headers)) return { ...headers, [NAME]: url };
  return Array.isArray(headers[0]) ? [...headers, [NAME, url]] : [...headers, NAME, url];
}
