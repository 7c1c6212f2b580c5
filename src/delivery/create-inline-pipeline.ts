import { HeaderFields } from '../har/header-fields';
import { listsAsText } from '../options/lists-as-text';
import type { Reporter } from '../options/warnings';
import { compilePolicy } from '../redaction/policy';
import { CallerMasks } from '../redaction/secrets';
import { DryRunClient } from './client/dry-run-client';
import { createMetricsClient, type MetricsClient } from './client/metrics-client';
import type { AskForCertificates } from './client/transport';
import { type DeliverBlocking, InlinePipeline } from './inline-pipeline';
import type { PipelineObserver } from './pipeline';
import type { PipelineSettings } from './pipeline-settings';
import { LogMaker } from './sender/log-maker';
import { Spool } from './spool/spool';
import { Spooling } from './spool/spooling';

/** 32 requests of 30 logs: 9,600 logs/s to a server that answers after 100 ms. */
const REQUESTS_IN_FLIGHT = 32;

/** What depends on the thread that a pipeline runs on. */
export interface ThreadAbilities {
  /** Begins a request so that the application's instrumentation does not trace it. */
  readonly withTracingSuppressed: <Result>(begin: () => Result) => Result;
  /** Delivers logs while the thread is blocked at the end of the process; absent where nobody can. */
  readonly deliverBlocking?: DeliverBlocking;
  /** Asks another thread whom it trusts; absent where this one decides. */
  readonly askForCertificates?: AskForCertificates;
}

/** The pipeline that the settings describe, for the thread that calls. */
export function createInlinePipeline(
  settings: PipelineSettings,
  reporter: Reporter,
  observer: PipelineObserver,
  thread: ThreadAbilities,
): InlinePipeline {
  const { denylist, allowlist, maxBodyBytes, logBinaryBodies } = settings;
  const client = settings.dryRun
    ? new DryRunClient()
    : whenNeeded(() =>
        createMetricsClient({
          ...settings,
          connections: REQUESTS_IN_FLIGHT,
          withTracingSuppressed: thread.withTracingSuppressed,
          askForCertificates: thread.askForCertificates,
        }),
      );
  const policy = compilePolicy({ ...(denylist && { denylist }), ...(allowlist && { allowlist }) });
  const logs = {
    development: settings.developmentMode,
    policy,
    masks: new CallerMasks(),
    bodies: { maxBodyBytes, logBinaryBodies },
    requestFields: new HeaderFields(policy, 'request'),
    responseFields: new HeaderFields(policy, 'response'),
  };
  return new InlinePipeline({
    writer: new LogMaker(logs, reporter, observer),
    client,
    reporter,
    observer,
    requestsInFlight: REQUESTS_IN_FLIGHT,
    retryTimeoutMillis: settings.retryTimeoutMillis,
    spooling: createSpooling(settings, client, observer, reporter),
    deliverBlocking: thread.deliverBlocking,
  });
}

function createSpooling(
  settings: PipelineSettings,
  client: MetricsClient,
  observer: PipelineObserver,
  reporter: Reporter,
): Spooling | undefined {
  if (settings.spoolDirectory === undefined || settings.dryRun) return undefined;
  const spool = new Spool({
    directory: settings.spoolDirectory,
    maxBytes: settings.spoolMaxBytes,
    maxAgeMillis: settings.spoolMaxAgeMillis,
    apiKey: settings.apiKey,
    metricsServer: settings.metricsServer,
    lists: listsAsText(settings),
    tell: (problem) => reporter.warnOnce('README_SPOOL_FAILED', problem),
  });
  return new Spooling(spool, client, observer, reporter);
}

/** undici takes longer to load than all else together, so it is loaded with the first send. */
function whenNeeded(create: () => MetricsClient): MetricsClient {
  let client: MetricsClient | undefined;
  return {
    async send(body) {
      client ??= create();
      return client.send(body);
    },
    async close() {
      await client?.close();
    },
  };
}
