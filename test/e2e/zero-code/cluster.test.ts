import { expect, it } from 'vitest';
import { FORMATS, program, useZeroCode } from '../../support/zero-code';

const zeroCode = useZeroCode('cluster');

it.each(FORMATS)(
  'every worker process of a cluster logs its own requests, once: %s',
  async (format) => {
    const code = `
    const server = createServer((request, response) => response.end(String(process.pid)));
    if (cluster.isPrimary) {
      const workers = [cluster.fork(), cluster.fork()];
      let up = 0;
      cluster.on('listening', (worker, { port }) => {
        if (++up === 2) console.log('listening ' + port);
      });
      process.on('SIGTERM', () => { for (const worker of workers) worker.kill(); });
      cluster.on('exit', (worker, code, signal) => console.log('left', code, signal));
    } else {
      server.listen(0, '127.0.0.1');
    }`;
    const imports = { http: 'createServer' };
    const head =
      format === 'cjs' ? `const cluster = require('cluster');` : `import cluster from 'cluster';`;
    zeroCode.write(`app.${format}`, `${head}\n${program(format, imports, code)}`);
    const app = await zeroCode.start(`app.${format}`, { env: { README_BUFFER_LENGTH: '2' } });

    const served: string[] = [];
    for (let i = 0; i < 10; i++) served.push((await app.get(`/${i}`)).body);
    expect(new Set(served).size).toBe(2);

    expect(await app.end()).toBe(0);
    const logged = app.metrics.logs.map(({ request }) => request.log.entries[0]);
    expect(
      logged
        .map(({ request, response }) => [new URL(request.url).pathname, response.content.text])
        .sort(),
    ).toEqual(served.map((pid, i) => [`/${i}`, pid]));
    expect(app.stderr).toBe('');
  },
);
