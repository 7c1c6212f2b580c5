import { beforeAll, describe, expect, it } from 'vitest';
import {
  CALLING_IMPORTS,
  CALLING_SERVER,
  type NeighbourRun,
  runNeighbour,
} from '../../support/neighbour-run';
import {
  FORMATS,
  type Format,
  LISTEN,
  pathsOf,
  program,
  REGISTER,
  useZeroCode,
} from '../../support/zero-code';

const zeroCode = useZeroCode('neighbours');

const AUTO = ['--require', '@opentelemetry/auto-instrumentations-node/register'];
const OURS = { cjs: ['--require', REGISTER], mjs: ['--import', REGISTER] };
/** What ES modules import, OpenTelemetry sees by this hook. */
const HOOK = ['--import', './hook.mjs'];
/** Of the requests, those whose client does not ask for another sampling. */
const SAMPLED = 3;
const PATHS = ['/call', '/call/sampled', '/call/unsampled', '/missing'];

/** Starts a NodeSDK; it is shut down when the server has closed. */
const SDK = `
const sdk = new NodeSDK({
  instrumentations: [new HttpInstrumentation(), new UndiciInstrumentation()],
  ...(process.env.TWO_EXPORTERS && {
    spanProcessors: ['first', 'second'].map((name) => new BatchSpanProcessor(
      new OTLPTraceExporter({ url: process.env.OTEL_EXPORTER_OTLP_ENDPOINT + '/' + name }),
    )),
  }),
});
sdk.start();
process.once('SIGTERM', () => setTimeout(() => sdk.shutdown(), 100));`;
const SDK_IMPORTS = {
  '@opentelemetry/sdk-node': 'NodeSDK',
  '@opentelemetry/instrumentation-http': 'HttpInstrumentation',
  '@opentelemetry/instrumentation-undici': 'UndiciInstrumentation',
  '@opentelemetry/exporter-trace-otlp-http': 'OTLPTraceExporter',
  '@opentelemetry/sdk-trace-node': 'BatchSpanProcessor',
};

beforeAll(() => {
  for (const format of FORMATS) {
    const app = program(
      format,
      CALLING_IMPORTS,
      `${CALLING_SERVER}${LISTEN}\nprocess.once('SIGTERM', () => server.close());`,
    );
    const setUp = format === 'cjs' ? `require('./sdk.cjs');` : `import './sdk.mjs';`;
    zeroCode.write(`app.${format}`, app);
    zeroCode.write(`sdk.${format}`, program(format, SDK_IMPORTS, SDK));
    zeroCode.write(`app-with-sdk.${format}`, `${setUp}\n${app}`);
  }
  zeroCode.write(
    'hook.mjs',
    `import { register } from 'module';
    register('@opentelemetry/instrumentation/hook.mjs', import.meta.url);`,
  );
});

interface Setup {
  /** How many server spans a collector gets for the four requests. */
  readonly serverSpans: number;
  readonly file: string;
  readonly before?: string[];
  readonly after?: string[];
  readonly env?: NodeJS.ProcessEnv;
}

const SETUPS: [string, (format: Format) => Setup][] = [
  ['no OpenTelemetry', (format) => ({ file: `app.${format}`, serverSpans: 0 })],
  [
    'auto-instrumentations before',
    (format) => ({
      file: `app.${format}`,
      before: [...hookFor(format), ...AUTO],
      serverSpans: SAMPLED,
    }),
  ],
  [
    'auto-instrumentations after',
    (format) => ({
      file: `app.${format}`,
      before: hookFor(format),
      after: AUTO,
      serverSpans: SAMPLED,
    }),
  ],
  ['NodeSDK in code', (format) => withSdk(format, SAMPLED)],
  [
    'NodeSDK that samples nothing',
    (format) => withSdk(format, 0, { OTEL_TRACES_SAMPLER: 'always_off' }),
  ],
  [
    'NodeSDK that exports nothing',
    (format) => withSdk(format, 0, { OTEL_TRACES_EXPORTER: 'none' }),
  ],
  [
    'NodeSDK with two exporters',
    (format) => withSdk(format, 2 * SAMPLED, { TWO_EXPORTERS: 'yes' }),
  ],
];

function hookFor(format: Format): string[] {
  return format === 'mjs' ? HOOK : [];
}

function withSdk(format: Format, serverSpans: number, env: NodeJS.ProcessEnv = {}): Setup {
  return { file: `app-with-sdk.${format}`, before: hookFor(format), serverSpans, env };
}

async function expectUnnoticed(setup: Setup, ours: readonly string[]): Promise<void> {
  const { file, before = [], after = [], env = {}, serverSpans } = setup;
  const bare = await runNeighbour(zeroCode, file, { flags: [...before, ...after], env });
  const flags = [...before, ...ours, ...after];
  const run = await runNeighbour(zeroCode, file, { flags, env });
  expect(bare.logs).toEqual([]);
  expect(pathsOf(run.logs).sort()).toEqual(PATHS);
  expect(run.seen).toEqual(bare.seen);
  expect(run.logIds).toHaveLength(serverSpans);
  expectLinked(run);
}

describe.concurrent.each(FORMATS)('beside another set-up of an app.%s', (format) => {
  it.each(SETUPS)(
    '%s: the other exports the same, and every request is logged once',
    async (_name, setup) => {
      await expectUnnoticed(setup(format), OURS[format]);
    },
  );
});

describe.concurrent('beside a NodeSDK that sees nothing of ES modules, for its hook is missing', () => {
  it.each(Object.values(OURS))('it sees no more than before: %s', async (...ours) => {
    await expectUnnoticed({ file: 'app-with-sdk.mjs', serverSpans: 0 }, ours);
  });
});

/** The log knows the trace, and each sampled server span knows its log. */
function expectLinked({ logs, logIds, traceIds }: NeighbourRun): void {
  for (const log of logs) {
    const { request, comment = '' } = log.request.log.entries[0];
    const { pathname, search } = new URL(request.url);
    const traceId = traceIds[pathname + search];
    if (traceId !== '') expect(comment).toContain(`trace-id: ${traceId}`);
  }
  for (const { logId, traceId } of logIds) {
    const { comment } = logs.find((log) => log._id === logId)?.request.log.entries[0] ?? {};
    expect(comment).toContain(traceId);
  }
}
