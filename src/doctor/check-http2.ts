import { type Check, checksAbout } from './check';
import { isAtLeast } from './version-numbers';

const check = checksAbout('Node.js and packages');

/** Nothing where requests over HTTP/2 are logged: few applications have any. */
export function checkHttp2(version = process.versions.node): Check[] {
  if (publishesStreams(version)) return [];
  return [
    check(
      'note',
      `Node.js ${version} does not publish requests over HTTP/2: if your application serves HTTP/2 itself, these are not logged`,
      'For HTTP/2, use Node.js 22.17, 24.2 or later, or call observe(request, response) of a ReadmeInstrumentation.',
    ),
  ];
}

/** Whether this version has the diagnostics channel `http2.server.stream.start`. */
function publishesStreams(version: string): boolean {
  if (isAtLeast(version, '24.2.0')) return true;
  return isAtLeast(version, '22.17.0') && !isAtLeast(version, '23.0.0');
}
