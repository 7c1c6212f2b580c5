import { type Format, LISTEN, program, type ZeroCodeApp } from './zero-code';

/**
 * An application that answers, and then ends in the way that the path says: `/end/<way>`. `/big` answers
 * with 20 KB.
 */
export function exitApp(format: Format, code = ''): string {
  return program(
    format,
    { http: 'createServer' },
    `
    const end = {
      exit0: () => process.exit(0),
      exit3: () => process.exit(3),
      throw: () => { throw new Error('on purpose'); },
      reject: () => { Promise.reject(new Error('on purpose')); },
      natural: () => server.close(),
      'natural-with-code': () => { process.exitCode = 3; server.close(); },
    };
    const server = createServer((request, response) => {
      const way = /^\\/end\\/(.*)/.exec(request.url)?.[1];
      response.on('close', () => end[way]?.());
      response.end(request.url.startsWith('/big') ? 'b'.repeat(20_000) : 'ok');
    });
    if (process.env.EXIT_ON_SIGTERM) process.on('SIGTERM', () => process.exit(5));
    ${code}
    ${LISTEN}`,
  );
}

/** Every log waits for others longer than a test takes: only the end of the process sends them. */
export const BUFFERED = { README_FLUSH_INTERVAL_MILLIS: '60000', README_BUFFER_LENGTH: '30' };

/** Has the application end, and resolves with its exit code. */
export async function endBy(app: ZeroCodeApp, way: string): Promise<number> {
  if (way.startsWith('SIG')) process.kill(app.pid, way);
  // Its answer may be cut off by the end.
  else await app.get(`/end/${way}`).catch(() => {});
  return app.exit;
}
