import type { IncomingMessage } from 'node:http';

/** Names that lead to this machine whatever DNS says. The port may be that of a tunnel. */
const OWN_HOST = /^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/i;

/**
 * Why a request must not be answered: it came by a foreign name (DNS rebinding) or from a page of
 * another origin, be it to read logs or to post some. Undefined when it may be.
 *
 * A page under development on another port of localhost is foreign too. Applications and
 * command-line tools send neither `Origin` nor `Sec-Fetch-Site`.
 */
export function refusalOf(req: IncomingMessage, pathname: string): string | undefined {
  const { host = '', origin } = req.headers;
  if (!OWN_HOST.test(host)) {
    return 'Refused: this server answers to 127.0.0.1 and localhost only. Open it by one of these names.';
  }
  if (origin !== undefined && origin.toLowerCase() !== `http://${host.toLowerCase()}`) {
    return 'Refused: the request came from a page of another origin.';
  }
  const site = req.headers['sec-fetch-site'] ?? 'none';
  if (site === 'same-origin' || site === 'none') return undefined;
  // A link to the page may stand anywhere: it shows nothing to the page that it was on.
  const isLink = req.method === 'GET' && req.headers['sec-fetch-mode'] === 'navigate';
  if (isLink && req.headers['sec-fetch-dest'] === 'document' && pathname === '/') return undefined;
  return 'Refused: the request came from a page of another site.';
}
