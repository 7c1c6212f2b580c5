import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { useZeroCode } from '../support/zero-code';

const project = useZeroCode('exit-short-spool');

/** Logs five requests to a server that nobody listens at, and ends before a worker thread can have started. */
const APP = `
const http = require('http');
const { ReadmeInstrumentation } = require('readme-metrics-opentelemetry');
const readme = new ReadmeInstrumentation({
  apiKey: 'key', metricsServer: 'http://127.0.0.1:9', bufferLength: 30, flushIntervalMillis: 60000,
});
const server = http.createServer((request, response) => response.end('ok'));
const ask = (path) => new Promise((resolve) =>
  http.get({ host: '127.0.0.1', port: server.address().port, path, agent: false }, (response) =>
    response.resume().on('end', resolve)));
server.listen(0, '127.0.0.1', async () => {
  for (let index = 0; index < 5; index++) await ask('/' + index);
  if (process.env.WAY === 'exit') process.exit(3);
  process.exitCode = 3;
  server.close();
});
`;

beforeAll(() => project.write('app.cjs', APP));

describe.each(['exit', 'natural end'])('spoolDirectory at an %s', (way) => {
  it.each([1, 20, 100, 300])(
    'keeps the last logs with an exitTimeoutMillis of %i, however long a worker thread takes to start',
    async (exitTimeout) => {
      const directory = join(project.folder, `spool-${way.slice(0, 4)}-${exitTimeout}`);
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      const { code, stderr } = await project.run(['app.cjs'], {
        WAY: way,
        README_EXIT_TIMEOUT_MILLIS: String(exitTimeout),
        README_SPOOL_DIRECTORY: directory,
      });
      expect(code).toBe(3);
      expect(stderr).not.toContain('README_LOGS_LOST');
      const files = readdirSync(directory).filter((name) => !name.startsWith('.'));
      const kept = files.map((name) => readFileSync(join(directory, name), 'utf8')).join('');
      expect(kept.match(/"_id"/g)).toHaveLength(5);
    },
  );
});
