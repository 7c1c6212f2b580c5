// Compiled as CommonJS and as ES modules, beside either SDK: every export, as a user would write it.

import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import 'readme-metrics-opentelemetry/register';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { NodeSDK } from '@opentelemetry/sdk-node';
import {
  CREDENTIAL_ENDINGS,
  CREDENTIAL_NAMES,
  CREDENTIAL_PARAMETERS,
  type DropReason,
  type GroupingFunction,
  groupByApiKey,
  type HttpHooks,
  type ListEntry,
  type LogStats,
  type ReadmeGroup,
  ReadmeInstrumentation,
  type ReadmeOptions,
  ReadmeOptionsError,
  ReadmeSpanExporter,
  ReadmeSpanProcessor,
  type RequestLike,
  readmeHttpHooks,
  setReadmeGroup,
  type TrustProxy,
} from 'readme-metrics-opentelemetry';
import {
  type AnsweredRequest,
  type LocalAnswer,
  type LocalMetricsServer,
  type LocalMetricsServerOptions,
  type ReceivedEntry,
  type ReceivedLog,
  type ReceivedRequest,
  startLocalMetricsServer,
} from 'readme-metrics-opentelemetry/local-metrics-server';

const listEntries: ListEntry[] = ['password', '**.card', /^secret/];
const trustProxy: TrustProxy = ['loopback', '10.0.0.0/8'];

const groupingFunction: GroupingFunction = async (request, response) => {
  const own: ReadmeGroup | null | undefined = await groupByApiKey(request);
  if (request.headers['x-internal'] !== undefined) return null;
  return own ?? { apiKey: 'unknown', label: String(response.statusCode) };
};

const options: ReadmeOptions = {
  apiKey: 'rdme_test',
  groupingFunction,
  denylist: listEntries,
  trustProxy,
  bufferLength: 10,
  developmentMode: false,
};

const hooks: Required<HttpHooks> = readmeHttpHooks();
export const withHooks = new HttpInstrumentation(hooks);
export const withOwnConfig = new HttpInstrumentation(
  readmeHttpHooks(options, {
    ignoreIncomingRequestHook: (request) => request.url === '/health',
    startIncomingSpanHook: ({ method }) => ({ own: method }),
    redactedQueryParams: ['token'],
    requestHook: (span) => span.setAttribute('own', true),
    responseHook: (span, response) => span.setAttribute('status', response.statusCode ?? 0),
    applyCustomAttributesOnSpan: (span, _request, _response) => span.setAttribute('own', 2),
  }),
);
export const withEmptyConfig = new HttpInstrumentation(readmeHttpHooks({}, {}));

const readme = new ReadmeInstrumentation(options);
export const ofInstrumentation = new NodeSDK({
  instrumentations: [new HttpInstrumentation(), readme],
});
export const ofProcessor = new NodeSDK({
  instrumentations: [
    new HttpInstrumentation(readmeHttpHooks(options)),
    [new ReadmeInstrumentation()],
  ],
  spanProcessors: [new ReadmeSpanProcessor(options)],
});
export const ofExporter = new NodeSDK({ traceExporter: new ReadmeSpanExporter(options) });

export function handle(request: IncomingMessage, response: ServerResponse): void {
  setReadmeGroup({ apiKey: 'user-17', label: 'Hedwig', email: 'hedwig@example.com' });
  setReadmeGroup({ apiKey: 'user-17' }, request);
  const like: RequestLike = request;
  setReadmeGroup(null, like);
  response.end();
}

export async function stop(server: Server): Promise<string[]> {
  server.close();
  await Promise.allSettled([ofInstrumentation.shutdown(), readme.forceFlush(), readme.shutdown()]);
  const counts: LogStats = readme.stats();
  const causes = Object.keys(counts.dropped) as DropReason[];
  return [String(counts.delivered), ...causes];
}

export function isOurs(error: unknown): error is ReadmeOptionsError {
  return error instanceof ReadmeOptionsError && error.message !== '';
}

export async function localServer(): Promise<string> {
  const serverOptions: LocalMetricsServerOptions = {
    port: 0,
    status: (request: ReceivedRequest, logs: ReceivedLog[]): number | LocalAnswer =>
      logs.length > 0 && request !== undefined ? 202 : { status: 503 },
    onLog: (log) => log.group.id,
  };
  const metrics: LocalMetricsServer = await startLocalMetricsServer(serverOptions);
  const [log] = await metrics.waitForLogs(1, 1000);
  const entry: ReceivedEntry | undefined = log?.request.log.entries[0];
  const answered: readonly AnsweredRequest[] = metrics.requests;
  await metrics.close();
  return `${entry?.request.postData?.text} ${entry?.response.status} ${answered.length}`;
}

export const names: readonly string[] = [
  ...CREDENTIAL_NAMES,
  ...CREDENTIAL_ENDINGS,
  ...CREDENTIAL_PARAMETERS,
];
