import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type LocalMetricsServer, startLocalMetricsServer } from '../../src/local/metrics-server';
import { resolveOptions } from '../../src/options/resolve-options';
import { redactJson } from '../../src/redaction/json';
import { compilePolicy, type ListEntry } from '../../src/redaction/policy';
import { ATTRIBUTE } from '../../src/spans/attributes';

const ROOT = resolve(import.meta.dirname, '../..');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

/** Code blocks that are marked with `<!-- run: path -->`, by that path. */
const BLOCKS = new Map(
  [...README.matchAll(/<!-- run: (\S+) -->\n```\w+\n(.*?)```/gs)].map((match): [string, string] => [
    match[1] as string,
    match[2] as string,
  ]),
);

/** The cells of the rows of the table after `<!-- table: name -->`. */
function table(name: string): string[][] {
  const text = README.split(`<!-- table: ${name} -->\n`)[1]?.split('\n\n')[0] ?? '';
  return text
    .split('\n')
    .slice(2)
    .map((row) => row.slice(2, -2).split(' | '));
}

/** The pieces of code in a cell. */
function codes(cell: string | undefined): string[] {
  return [...(cell ?? '').matchAll(/`([^`]+)`/g)].map(([, code]) => code as string);
}

const POLL = { timeout: 5_000, interval: 50 };

/** A project of a user: the blocks as files, and the packages that they need, this one too. */
let project: string;
const children: ChildProcess[] = [];

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'readme-blocks-'));
  for (const [path, code] of BLOCKS) write(path, code);
  mkdirSync(join(project, 'node_modules'));
  const link = (name: string, target: string) =>
    symlinkSync(target, join(project, 'node_modules', name), 'junction');
  link('readme-metrics-opentelemetry', ROOT);
  for (const name of ['@opentelemetry', '@types', 'express']) {
    link(name, join(ROOT, 'node_modules', name));
  }
});
afterAll(() => rmSync(project, { recursive: true, force: true }));

function write(path: string, code: string): void {
  mkdirSync(dirname(join(project, path)), { recursive: true });
  writeFileSync(join(project, path), code);
}

function run(command: string, args: string[], cwd = project): Promise<[number, string]> {
  return new Promise((done) => {
    execFile(command, args, { cwd, timeout: 15_000 }, (error, stdout, stderr) => {
      done([error === null ? 0 : Number(error.code ?? -1), stdout + stderr]);
    });
  });
}

describe('the code blocks', () => {
  let metrics: LocalMetricsServer;
  let collector: Server;
  /** Traces, metrics and logs that the application's own exporters have sent, as latin1. */
  let collected: string[];
  let environment: NodeJS.ProcessEnv;
  let origin: string;

  beforeEach(async () => {
    metrics = await startLocalMetricsServer();
    collected = [];
    collector = createServer((request, response) => {
      request.setEncoding('latin1').on('data', (text: string) => collected.push(text));
      request.on('end', () => response.end());
    });
    const port = await freePort();
    origin = `http://127.0.0.1:${port}`;
    const own = Object.entries(process.env).filter(([name]) => !/^(OTEL|README)_/.test(name));
    environment = {
      ...Object.fromEntries(own),
      PORT: String(port),
      README_API_KEY: 'rdme_test_0123456789',
      README_METRICS_SERVER: metrics.url,
      README_BUFFER_LENGTH: '1',
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${await listen(collector)}`,
    };
  });

  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    collector.close();
    collector.closeAllConnections();
    await metrics.close();
  });

  /** Starts a file of the project and waits until it listens. */
  async function start(path: string, flags: string[] = []): Promise<ChildProcess> {
    const child = spawn(process.execPath, [...flags, path], { cwd: project, env: environment });
    children.push(child);
    let errors = '';
    child.stderr?.on('data', (text) => {
      errors += text;
    });
    for (let tries = 0; tries < 100; tries++) {
      if (child.exitCode !== null) throw new Error(`${path} ended: ${errors}`);
      if (await canConnect(origin)) return child;
      await sleep(50);
    }
    throw new Error(`${path} does not listen: ${errors}`);
  }

  /** Ends an application the way an orchestrator does, and returns its exit code. */
  async function terminate(child: ChildProcess): Promise<number | null> {
    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    const [code] = (await exit) as [number | null];
    return code;
  }

  /** An application for a block that only sets up tracing. */
  function writeAppFor(module: string, end: string): string {
    const path = `app-for-${module}`;
    write(
      path,
      `const block = require('./${module}');
      const server = require('node:http').createServer((request, response) => {
        request.resume().on('end', () => response.end('{"card":"4929123456781234"}'));
      });
      server.listen(Number(process.env.PORT));
      process.once('SIGTERM', () => server.close(() => ${end}));`,
    );
    return path;
  }

  const letter = {
    method: 'POST',
    headers: { 'content-type': 'application/json', connection: 'close' },
    body: '{"card":"4929123456781234"}',
  };

  it('type-check', async () => {
    const compilerOptions = {
      allowJs: true,
      checkJs: true,
      noEmit: true,
      strict: true,
      noImplicitAny: false,
      skipLibCheck: true,
      target: 'es2022',
      module: 'node20',
      types: ['node'],
    };
    // A test is no place for the cast that `server.address().port` would need.
    const files = [...BLOCKS.keys()].filter((path) => /(?<!\.test)\.js$/.test(path));
    write('tsconfig.json', JSON.stringify({ compilerOptions, files }));
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    expect(await run(process.execPath, [tsc, '-p', '.'])).toEqual([0, '']);
  });

  it('without any code: every exchange is logged, with a caller from a module', async () => {
    environment.README_GROUPING_FUNCTION = './zero-code/grouping.js#caller';
    write(
      'zero-code/app.mjs',
      `import { createServer } from 'node:http';
      createServer((request, response) => response.end('hi')).listen(Number(process.env.PORT));`,
    );
    const app = await start('zero-code/app.mjs', [
      '--require',
      'readme-metrics-opentelemetry/register',
    ]);
    const headers = { 'x-customer': 'owl-17', connection: 'close' };
    await (await fetch(`${origin}/health`, { headers })).text();
    const [log] = await metrics.waitForLogs(1);
    expect(log?.group).toMatchObject({ label: 'A customer' });
    expect(log?.request.log.entries[0]?.pageref).toBe(`${origin}/health`);
    expect(await terminate(app)).toBeNull();
  });

  it('quick start: every exchange is logged, the other exporter gets the id of the log only', async () => {
    const app = await start('quick-start/app.js');
    const response = await fetch(`${origin}/letters`, letter);
    expect(await response.json()).toEqual({ id: 1, card: '4929123456781234' });
    expect(await terminate(app)).toBe(0);

    const [log] = await metrics.waitForLogs(1);
    const entry = log?.request.log.entries[0];
    expect(entry?.request.postData?.text).toBe('{"card":"[REDACTED 16]"}');
    expect(entry?.response.content.text).toBe('{"id":1,"card":"[REDACTED 16]"}');
    expect(entry?.pageref).toBe(`${origin}/letters`);
    expect(entry?.comment).toMatch(/^trace-id: [0-9a-f]{32}$/);
    // The counter `readme.logs` is among the metrics, when the log was delivered before the last of them.
    const traces = collected.join('');
    expect(traces).toContain('readme.log.id');
    expect(traces).toContain(log?._id);
    expect(traces).not.toMatch(/readme\.(?!log\.id|logs)|body\.content|4929123456781234/);
  });

  it('without any other OpenTelemetry, logs that wait for company are sent on shutdown', async () => {
    environment.README_BUFFER_LENGTH = '';
    const app = await start('standalone.js');
    await (await fetch(origin, { headers: { connection: 'close' } })).text();
    expect(await terminate(app)).toBe(0);
    expect(metrics.logs.map((log) => log.group.label)).toEqual(['Anonymous']);
  });

  it('grouping function: the caller has label and email, null is not logged', async () => {
    const app = await start(writeAppFor('grouping-function.js', 'process.exit()'));
    const headers = { 'x-api-key': 'key-of-hedwig', connection: 'close' };
    await (await fetch(origin, { headers: { connection: 'close' } })).text();
    await (await fetch(origin, { headers })).text();
    await metrics.waitForLogs(1);
    await terminate(app);
    expect(metrics.logs.map(({ group }) => [group.label, group.email])).toEqual([
      ['Hedwig', 'hedwig@example.com'],
    ]);
  });

  it('setReadmeGroup: the caller is who the middleware says', async () => {
    const app = await start('set-readme-group.js');
    await (await fetch(`${origin}/letters/1`, { headers: { connection: 'close' } })).text();
    expect(await terminate(app)).toBe(0);
    const [log] = await metrics.waitForLogs(1);
    expect(log?.group.label).toBe('Hedwig');
    expect(log?.request.log.entries[0].pageref).toBe(`${origin}/letters/:id`);
  });

  it.each([
    ['hooks-private.js', 'no other exporter sees anything of it', false],
    ['hooks-open.js', 'the exchange is logged', undefined],
  ])('%s: %s', async (path, _what, seen) => {
    environment.README_BUFFER_LENGTH = '';
    const app = await start(writeAppFor(path, 'block.sdk.shutdown()'));
    await (await fetch(`${origin}/letters`, letter)).text();
    expect(await terminate(app)).toBe(0);
    const [log] = await metrics.waitForLogs(1);
    expect(log?.request.log.entries[0].request.postData?.text).toBe('{"card":"[REDACTED 16]"}');
    const traces = collected.join('');
    expect(traces.includes('url.path')).toBe(seen === false);
    expect(traces).not.toMatch(/readme\.(log|group|request|response)|4929123456781234/);
  });

  it('the test for a test suite passes', async () => {
    const [code, output] = await run(process.execPath, ['--test', 'logs.test.js']);
    expect(output).toMatch(/pass 1\b/);
    expect(code).toBe(0);
  });

  it('the local metrics server in a terminal prints the logs that come', async () => {
    const port = await freePort();
    const command = BLOCKS.get('local-server.sh')?.replace('4040', String(port));
    const child = spawn('sh', ['-c', `exec ${command}`], { cwd: project });
    children.push(child);
    let output = '';
    child.stdout.on('data', (text) => {
      output += text;
    });
    environment.README_METRICS_SERVER = `http://127.0.0.1:${port}`;
    await expect.poll(() => canConnect(`http://127.0.0.1:${port}`), POLL).toBe(true);
    const app = await start('standalone.js');
    await (await fetch(origin, { headers: { connection: 'close' } })).text();
    await terminate(app);
    await expect.poll(() => output, POLL).toContain("label: 'Anonymous'");
  });
});

describe('the tables', () => {
  const body = /<!-- example body -->\n```json\n(.*)\n```/.exec(README)?.[1] as string;

  it.each(['denylist', 'allowlist'] as const)('the examples of a %s are what is sent', (list) => {
    const rows = table(list);
    expect(rows.length).toBeGreaterThan(3);
    for (const [entry, sent] of rows) {
      const policy = compilePolicy({ [list]: [listEntry(codes(entry)[0] as string)] });
      const result = redactJson(body, policy);
      if (result.kind !== 'passed') throw new Error(`${entry} is ${result.kind}`);
      // Spaces between members that are left out are nobody's concern.
      expect([entry, JSON.parse(result.text)]).toEqual([
        entry,
        JSON.parse(codes(sent)[0] as string),
      ]);
    }
  });

  it('every option is there, with its variable and its default', () => {
    const defaults = resolveOptions({ apiKey: 'key' }, {}) as unknown as Record<string, unknown>;
    const rows = table('options');
    expect(rows.map(([option]) => codes(option)[0]).sort()).toEqual(Object.keys(defaults).sort());
    for (const [option, variable, fallback] of rows) {
      const name = codes(option)[0] as string;
      const inEnvironment = `README_${name.replace(/[A-Z]/g, '_$&').toUpperCase()}`;
      expect(codes(variable)).toEqual([inEnvironment]);
      const value = defaults[name];
      if (['boolean', 'number'].includes(typeof value) || /Server$/.test(name)) {
        expect([name, codes(fallback)]).toEqual([name, [String(value)]]);
      }
    }
  });

  it('every warning and every cause of a loss is there', () => {
    const files = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' });
    const sources = files
      .filter((path) => path.endsWith('.ts'))
      .map((path) => readFileSync(join(ROOT, 'src', path), 'utf8'));
    const codesInSources = [
      ...sources.join('').matchAll(/(?:warnOnce\(\s*|code: )'(README_\w+)'/g),
    ];
    const warnings = new Set(codesInSources.map(([, code]) => code));
    expect(
      table('warnings')
        .flatMap(([code]) => codes(code))
        .sort(),
    ).toEqual([...warnings].sort());

    const declared = readFileSync(join(ROOT, 'src/options/loss-cause.ts'), 'utf8');
    const causes = [...declared.matchAll(/^ {2}\| '(\w+)'/gm)].map(([, cause]) => cause);
    expect(
      table('causes')
        .flatMap(([cause]) => codes(cause))
        .sort(),
    ).toEqual(causes.sort());
  });

  it('every attribute is there', () => {
    for (const name of Object.values(ATTRIBUTE)) expect(README).toContain(`\`${name}\``);
  });
});

it('every link to a file or a heading leads somewhere', () => {
  const headings = [...README.matchAll(/^#+ (.+)$/gm)].map(
    ([, title]) =>
      `#${(title as string)
        .toLowerCase()
        .replace(/[^a-z0-9 -]/g, '')
        .replaceAll(' ', '-')}`,
  );
  for (const [, target] of README.matchAll(/\]\(([^)]+)\)/g)) {
    const to = target as string;
    if (to.startsWith('http')) continue;
    if (to.startsWith('#')) expect(headings).toContain(to);
    else expect(() => statSync(join(ROOT, to))).not.toThrow();
  }
});

function listEntry(code: string): ListEntry {
  const pattern = /^\/(.*)\/$/.exec(code)?.[1];
  return pattern === undefined ? code.slice(1, -1) : new RegExp(pattern);
}

async function listen(server: Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await new Promise((done) => server.close(done));
  return port;
}

/** Without a request, which would be logged. */
function canConnect(origin: string): Promise<boolean> {
  const { hostname, port } = new URL(origin);
  return new Promise((done) => {
    const socket = connect(Number(port), hostname);
    socket.once('connect', () => done(true)).once('error', () => done(false));
    socket.once('connect', () => socket.destroy());
  });
}
