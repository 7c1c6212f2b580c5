import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type LocalMetricsServer,
  type ReceivedEntry,
  startLocalMetricsServer,
} from '../../src/local/metrics-server';
import { PATIENCE_MILLIS, PATIENT_ENV } from '../support/patience';

const ROOT = resolve(import.meta.dirname, '../..');
const EXAMPLES = readdirSync(join(ROOT, 'examples')).filter((name) =>
  existsSync(join(ROOT, 'examples', name, 'run.js')),
);

/** `npm run test:examples` sets Vitest's mode: also the examples that install packages from the registry. */
const ALL = process.env.MODE === 'examples';
const INSTALL_TIMEOUT = 600_000;

const CARD = '4929123456781234';
const REDACTED = '{"to":"Harry","payment":{"card":"[REDACTED 16]"}}';
const REDACTED_ANSWER = '{"id":1,"to":"Harry","payment":{"card":"[REDACTED 16]"}}';
const HEDWIG = 'Hedwig <hedwig@example.com>';

let metrics: LocalMetricsServer;

beforeEach(async () => {
  metrics = await startLocalMetricsServer();
});
afterEach(() => metrics.close());

interface Run {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs an example on `dist`, as its npm script does after a build. */
function run(name: string, settings: NodeJS.ProcessEnv, timeout = PATIENCE_MILLIS): Promise<Run> {
  // NODE_ENV=test, which Vitest sets, is nothing that Next builds with.
  const own = Object.entries(process.env).filter(([key]) => !/^(OTEL|README|NODE)_/.test(key));
  const options = {
    cwd: ROOT,
    env: { ...Object.fromEntries(own), ...PATIENT_ENV, ...settings },
    timeout,
  };
  return new Promise((done) => {
    execFile(process.execPath, [`examples/${name}/run.js`], options, (error, stdout, stderr) => {
      done({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr });
    });
  });
}

/**
 * Runs an example against the metrics server of this test. Its logs arrive only because the application
 * sends them when it is told to end: they wait for company that does not come.
 */
async function logsOf(name: string, timeout?: number): Promise<Run & { logs: string[][] }> {
  const settings = {
    README_API_KEY: 'rdme_test_0123456789',
    README_METRICS_SERVER: metrics.url,
    README_FLUSH_INTERVAL_MILLIS: '600000',
  };
  const ended = await run(name, settings, timeout);
  expect(JSON.stringify(metrics.logs)).not.toContain(CARD);
  // No log comes later, and a request may be logged before the one that it came after.
  const logs = [...metrics.logs].sort((a, b) => startOf(a).localeCompare(startOf(b)));
  return {
    ...ended,
    logs: logs.map(({ group, request }) => [
      titleOf(request.log.entries[0]),
      group.email === undefined ? String(group.label) : `${group.label} <${group.email}>`,
    ]),
  };
}

function startOf({ request }: LocalMetricsServer['logs'][number]): string {
  return request.log.entries[0].startedDateTime;
}

/** Method, status, and the route without its origin. */
function titleOf({ request, response, pageref }: ReceivedEntry): string {
  return `${request.method} ${response.status} ${pageref?.replace(/^http:\/\/127\.0\.0\.1:\d+/, '')}`;
}

/** The bodies of the log of `POST /letters`. */
function bodiesOfLetter(): (string | undefined)[] {
  const entries = metrics.logs.map(({ request }) => request.log.entries[0]);
  const entry = entries.find(({ request }) => request.method === 'POST');
  return [entry?.request.postData?.text, entry?.response.content.text];
}

const CLEAN = { code: 0, stderr: '' };

describe('the examples', () => {
  it('each have one command, and a line in the table', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    const table = readFileSync(join(ROOT, 'examples/README.md'), 'utf8');
    for (const name of EXAMPLES) {
      expect(scripts[`example:${name}`]).toBe(
        `npm run --silent build && node examples/${name}/run.js`,
      );
      expect(table).toContain(`| \`npm run example:${name}\` | [${name}](${name}): `);
    }
    const commands = Object.keys(scripts).filter((script) => script.startsWith('example:'));
    expect(commands).toHaveLength(EXAMPLES.length);
  });

  it('print the logs, when it is not said where these shall go', async () => {
    const ended = await run('http', {});

    expect(ended).toMatchObject(CLEAN);
    expect(ended.stdout).toContain('ReadMe would have got 2 logs:');
    expect(ended.stdout).toContain('caller    Hedwig <hedwig@example.com>, sha512-');
    expect(metrics.logs).toEqual([]);
  });

  it('fail when something is not as it should be', async () => {
    const ended = await run('express', { README_MAX_BODY_BYTES: 'many' });

    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain('README_MAX_BODY_BYTES');
  });
});

it('http: a promise says who is calling, and /health is not logged', async () => {
  const { logs, ...ended } = await logsOf('http');

  expect(ended).toMatchObject(CLEAN);
  expect(logs).toEqual([
    ['GET 200 /letters', HEDWIG],
    ['GET 200 /letters', 'Without a key'],
  ]);
});

it('express: the middleware that authenticates says who is calling', async () => {
  const { logs, ...ended } = await logsOf('express');

  expect(ended).toMatchObject(CLEAN);
  expect(logs).toEqual([
    ['POST 201 /letters', HEDWIG],
    ['GET 200 /letters/:id', HEDWIG],
    ['GET 401 /letters/1', 'Anonymous'],
  ]);
  expect(bodiesOfLetter()).toEqual([REDACTED, REDACTED_ANSWER]);
  expect(JSON.stringify(metrics.logs)).not.toContain('owl_live_7f3d9a5c2b8e');
});

it('fastify: a hook says who is calling', async () => {
  const { logs, ...ended } = await logsOf('fastify');

  expect(ended).toMatchObject(CLEAN);
  expect(logs).toEqual([
    ['POST 201 /letters', 'Hedwig'],
    ['GET 200 /letters/:id', 'Hedwig'],
    ['GET 401 /letters/1', 'Anonymous'],
  ]);
  expect(bodiesOfLetter()).toEqual([REDACTED, REDACTED_ANSWER]);
});

it('esm: an ES module is logged, and imports setReadmeGroup', async () => {
  const { logs, ...ended } = await logsOf('esm');

  expect(ended).toMatchObject(CLEAN);
  expect(logs).toEqual([
    ['GET 200 /letters/:id', 'Hogwarts'],
    ['GET 200 /letters/:id', 'undefined'], // by API key: without a label
  ]);
});

it('zero-code: an application that does not know of it is logged as its environment file says', async () => {
  const { logs, ...ended } = await logsOf('zero-code');

  expect(ended).toMatchObject(CLEAN);
  expect(logs).toEqual([
    ['POST 201 http://api.example.com/letters', 'A customer'],
    ['GET 200 http://api.example.com/letters/:id', 'A customer'],
  ]);
  expect(metrics.logs.map(({ clientIPAddress }) => clientIPAddress)).toEqual([
    '203.0.113.7',
    '203.0.113.7',
  ]);
  expect(bodiesOfLetter()).toEqual([REDACTED, REDACTED_ANSWER]);
  expect(JSON.stringify(metrics.logs)).not.toContain('alohomora');
});

it('node-sdk: the collector gets the spans, with the id of the log and without bodies', async () => {
  const { logs, ...ended } = await logsOf('node-sdk');

  expect(ended).toMatchObject(CLEAN);
  expect(logs.map(([title]) => title)).toEqual(['POST 201 /letters', 'GET 200 /letters/:id']);
  expect(bodiesOfLetter()).toEqual([REDACTED, REDACTED_ANSWER]);
  const [, spans] = ended.stdout.split('The collector got 2 spans');
  expect(spans).not.toContain(CARD);
  expect(spans).not.toMatch(/readme\.(?!log\.id)|body/);
  for (const log of metrics.logs) {
    const traceId = log.request.log.entries[0].comment?.replace('trace-id: ', '');
    expect(spans).toContain(`trace ${traceId}\n`);
    expect(spans).toContain(`readme.log.id = ${log._id}\n`);
  }
});

describe.runIf(ALL)('with packages of their own', () => {
  it(
    'nest: a guard says who is calling',
    async () => {
      const { logs, ...ended } = await logsOf('nest', INSTALL_TIMEOUT);

      expect(ended.code).toBe(0);
      expect(logs).toEqual([
        ['POST 201 /letters', 'Hedwig'],
        ['GET 200 /letters/:id', 'Hedwig'],
        ['GET 401 /letters/:id', 'Anonymous'],
      ]);
      expect(bodiesOfLetter()).toEqual([REDACTED, REDACTED_ANSWER]);
      expect(copiesOfApi('nest')).toBe(1);
    },
    INSTALL_TIMEOUT,
  );

  it(
    'next: route handlers are logged, and say who is calling',
    async () => {
      const { logs, ...ended } = await logsOf('next', INSTALL_TIMEOUT);

      expect(ended.code).toBe(0);
      expect(logs).toEqual([
        ['POST 201 /letters', HEDWIG],
        ['GET 200 /letters/[id]', 'undefined'],
      ]);
      expect(bodiesOfLetter()).toEqual([REDACTED, REDACTED_ANSWER]);
      expect(copiesOfApi('next')).toBe(1);
    },
    INSTALL_TIMEOUT,
  );
});

/** Installed copies of @opentelemetry/api; those that Next has compiled into itself do not count. */
function copiesOfApi(name: string): number {
  const folder = join(ROOT, 'examples', name, 'node_modules');
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return paths.filter((path) =>
    /(^|node_modules[\\/])@opentelemetry[\\/]api[\\/]package\.json$/.test(path),
  ).length;
}
