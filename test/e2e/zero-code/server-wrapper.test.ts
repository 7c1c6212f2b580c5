import { beforeAll, expect, it } from 'vitest';
import { FORMATS, LISTEN, pathsOf, program, REGISTER, useZeroCode } from '../../support/zero-code';

const zeroCode = useZeroCode('server-wrapper');
const WRAPPER = ['--require', './wrapper.cjs'];
const OURS = ['--require', REGISTER];

beforeAll(() => {
  // As agents do it: every server's emit, the response's methods, and a context of its own.
  zeroCode.write(
    'wrapper.cjs',
    `const { AsyncLocalStorage } = require('async_hooks');
    const { emit } = require('http').Server.prototype;
    const storage = new AsyncLocalStorage();
    globalThis.transaction = () => storage.getStore()?.url;
    const seen = [];
    require('http').Server.prototype.emit = function (event, request, response, ...more) {
      if (event !== 'request') return emit.apply(this, arguments);
      const transaction = { url: request.url, method: request.method, more, calls: [],
        properties: [Object.keys(request), Object.keys(response)] };
      seen.push(transaction);
      for (const name of ['writeHead', 'write', 'end']) {
        const original = response[name];
        response[name] = function (...args) {
          const result = original.apply(this, args);
          transaction.calls.push([name, args.map(String), result === this || result]);
          return result;
        };
      }
      request.on('data', (chunk) => transaction.calls.push(['data', String(chunk)]));
      for (const name of ['finish', 'close']) response.on(name, () => transaction.calls.push([name]));
      response.on('finish', () => Object.assign(transaction, {
        status: response.statusCode,
        headers: response.getHeaderNames(),
      }));
      return storage.run(transaction, () => emit.apply(this, arguments));
    };
    process.on('exit', () => console.log(JSON.stringify(seen)));`,
  );
  for (const format of FORMATS) {
    const code = `
      const server = createServer(async (request, response) => {
        await new Promise((resolve) => setTimeout(resolve, 10));
        response.writeHead(request.url === '/missing' ? 404 : 200, { 'x-owl': 'yes' });
        response.write('first ');
        response.end(globalThis.transaction?.());
      });${LISTEN}
      process.once('SIGTERM', () => server.close());`;
    zeroCode.write(`app.${format}`, program(format, { http: 'createServer' }, code));
  }
});

it.concurrent.each(
  FORMATS.flatMap((format) => [
    [format, 'before', [...WRAPPER, ...OURS]] as const,
    [format, 'after', [...OURS, ...WRAPPER]] as const,
  ]),
)(
  'app.%s: a tool that wraps Server.prototype.emit %s ours sees what it saw without',
  async (format, _when, flags) => {
    const runs = [];
    for (const withOurs of [false, true]) {
      const app = await zeroCode.start(`app.${format}`, { flags: withOurs ? flags : WRAPPER });
      const answers = [];
      for (const path of ['/owls', '/missing']) {
        const { headers, ...answer } = await app.get(path);
        answers.push({ ...answer, headers: { ...headers, date: '' } });
      }
      const code = await app.end();
      const stdout = app.stdout.replace(String(app.port), '0');
      runs.push({ answers, code, stdout, stderr: app.stderr });
      expect(pathsOf(app.metrics.logs)).toEqual(withOurs ? ['/owls', '/missing'] : []);
      for (const [i, log] of app.metrics.logs.entries()) {
        expect(log.request.log.entries[0].response.content.text).toBe(answers[i]?.body);
      }
    }
    expect(runs[1]).toEqual(runs[0]);
    expect(runs[0]?.answers.map(({ body }) => body)).toEqual(['first /owls', 'first /missing']);
  },
);
