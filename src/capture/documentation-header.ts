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
  if (hasName(headers)) return args;
  const copy = Array.from(args);
  copy[place] = added(headers, url);
  return copy;
}

/**
 * The arguments of a call that sends the head of an HTTP/2 response, with the header added in the same way.
 *
 * @param place of the header fields among the arguments.
 */
export function withDocumentationUrlIn(
  args: ArrayLike<unknown>,
  place: number,
  url: string,
): ArrayLike<unknown> {
  const headers = args[place] ?? {};
  if (typeof headers !== 'object' || hasName(headers)) return args;
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

function hasName(headers: object): boolean {
  return namesOf(headers).some((name) => String(name).toLowerCase() === NAME);
}

function added(headers: object, url: string): object {
  if (!Array.isArray(headers)) return { ...headers, [NAME]: url };
  const copy = Array.isArray(headers[0]) ? [...headers, [NAME, url]] : [...headers, NAME, url];
  // `http2.sensitiveHeaders`, the list of fields that must not be indexed, is a property of the list.
  for (const key of Object.getOwnPropertySymbols(headers)) {
    Reflect.set(copy, key, Reflect.get(headers, key));
  }
  return copy;
}
