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

/**
 * Scheme and host, for instance `https://api.example.com`; the empty string when the URL has none.
 */
export function originOf(url: string): string {
  return ORIGIN.exec(url)?.[0] ?? '';
}

export function withoutQuery(url: string): string {
  return url.replace(/[?#].*$/s, '');
}
