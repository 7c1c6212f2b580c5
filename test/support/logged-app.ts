import { type Format, program } from './zero-code';

/** What an application of {@link loggedApp} prints last: `stats()`, and how many worker threads it has had. */
export interface Printed {
  readonly delivered: number;
  readonly dropped: Record<string, number>;
  readonly workers: number;
}

/** An application that logs one request to itself, prints what became of it, and ends. */
export function loggedApp(format: Format, code = ''): string {
  return program(
    format,
    {
      'readme-metrics-opentelemetry': 'ReadmeInstrumentation',
      'node:http': 'createServer, get',
    },
    `
    ${code}
    let workers = 0;
    process.on('worker', () => workers++);
    const readme = new ReadmeInstrumentation({ bufferLength: 1 });
    const server = createServer((request, response) => response.end('ok'));
    server.listen(0, '127.0.0.1', () => {
      console.log('listening ' + server.address().port);
      get({ port: server.address().port, host: '127.0.0.1' }, (response) => {
        response.resume().on('end', async () => {
          await readme.forceFlush().catch((error) => console.error(error.message));
          const { delivered, dropped } = readme.stats();
          console.log(JSON.stringify({ delivered, dropped, workers }));
          server.close();
          await readme.shutdown();
        });
      });
    });`,
  );
}

/** The last line of what it has printed. */
export function printed(stdout: string): Printed {
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) as string) as Printed;
}
