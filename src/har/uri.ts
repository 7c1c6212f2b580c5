const NOT_URI = /[^\x21-\x7e]/gu;
const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i;

/**
 * The URL with everything percent-encoded that no URI may hold (RFC 3986 §2), and all else as it
 * was.
 *
 * Node.js reads the request line as latin1, so a character up to U+00FF stands for one byte of it;
 * any other character stands for its UTF-8.
 */
export function asUri(url: string): string {
  return url.replace(NOT_URI, (character) =>
    Buffer.from(character, character > '\u00ff' ? 'utf8' : 'latin1')
      .toString('hex')
      .toUpperCase()
      .replace(/../g, '%$&'),
  );
}

/** What is no part of a URI, or stands where it cannot (RFC 3986 §2 and §3.3), behind the host. */
const NOT_IN_PATH = /["<>\\^`{|}[\]]|%(?![\da-f]{2})/gi;
/** A host as a URI may have it: a name or an address, and a port. */
const HOST = /^(?:[\w.~!$&'()*+,;=-]|%[\da-f]{2})*(?::\d*)?$|^\[[\da-f:.]+\](?::\d*)?$/i;
const NOT_IN_HOST = /["<>\\^`{|}[\]:@]|%(?![\da-f]{2})/gi;
/** Of these characters most URLs have none. */
const SUSPECT = /["<>\\^`{|}[\]@]|%(?![\da-f]{2})|#.*#/is;

/**
 * A URL of {@link asUri} that is valid by the letter of RFC 3986: what clients send raw though it may not stand
 * there, as in `?ids[]=1`, is percent-encoded, which means the same.
 *
 * It is the last step: what looks for names, credentials and user names does so in what was sent.
 */
export function validUri(url: string): string {
  const origin = originOf(url);
  const start = origin.indexOf('://') + 3;
  const host = origin === '' ? '' : origin.slice(start);
  if (!SUSPECT.test(url) && (host === '' || HOST.test(host))) return url;
  const rest = url.slice(origin.length);
  const fragment = rest.indexOf('#') + 1;
  const path = fragment === 0 ? rest : rest.slice(0, fragment);
  const after = fragment === 0 ? '' : rest.slice(fragment).replaceAll('#', '%23');
  const shownHost = HOST.test(host) ? host : host.replace(NOT_IN_HOST, encoded);
  return (
    origin.slice(0, origin.length - host.length) +
    shownHost +
    (path + after).replace(NOT_IN_PATH, encoded)
  );
}

function encoded(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

/**
 * Scheme and host, for instance `https://api.example.com`; the empty string when the URL has none.
 */
export function originOf(url: string): string {
  return ORIGIN.exec(url)?.[0] ?? '';
}

export function withoutQuery(url: string): string {
  return url.replace(/[?#].*$/s, '');
}
