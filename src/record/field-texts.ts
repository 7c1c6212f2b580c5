import type { IncomingMessage } from 'node:http';

/** Header fields of a request: name, value, name, value, …, as they came in. */
export function requestFields(request: IncomingMessage): string[] {
  const { rawHeaders } = request;
  // Lambda adapters give their requests `headers` alone.
  return rawHeaders?.length > 0 ? rawHeaders.slice() : fieldTexts(request.headers ?? {});
}

/**
 * The same of an object, such as Node gives and takes for HTTP/2: a list is several fields, an empty one none.
 * Pseudo-header fields (RFC 9113 §8.3) are left out; names are in lower case, as Node sends them.
 */
export function fieldTexts(headers: object): string[] {
  const texts: string[] = [];
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith(':') || value === undefined) continue;
    const lowerCase = name.toLowerCase();
    for (const one of Array.isArray(value) ? value : [value]) texts.push(lowerCase, String(one));
  }
  return texts;
}
