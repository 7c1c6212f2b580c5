import { compilePolicy } from '../har/redaction/policy';
import { CallerMasks } from '../har/redaction/secrets';
import type { ResolvedOptions } from '../options/readme-options';
import type { Warnings } from '../options/warnings';
import { LogPipeline } from './log-pipeline';
import { createMetricsClient, type MetricsClient } from './metrics-client';

/** 32 requests of 30 logs: 9,600 logs/s to a server that answers after 100 ms. */
const REQUESTS_IN_FLIGHT = 32;

/** The pipeline that the options describe. */
export function createLogPipeline(options: ResolvedOptions, warnings: Warnings): LogPipeline {
  const { denylist, allowlist, maxBodyBytes, logBinaryBodies } = options;
  return new LogPipeline({
    settings: {
      development: options.developmentMode,
      policy: compilePolicy({ ...(denylist && { denylist }), ...(allowlist && { allowlist }) }),
      masks: new CallerMasks(),
      bodies: { maxBodyBytes, logBinaryBodies },
    },
    client: whenNeeded(() => createMetricsClient({ ...options, connections: REQUESTS_IN_FLIGHT })),
    warnings,
    requestsInFlight: REQUESTS_IN_FLIGHT,
  });
}

/** undici takes longer to load than all else together, so it is loaded with the first send. */
function whenNeeded(create: () => MetricsClient): MetricsClient {
  let client: MetricsClient | undefined;
  return {
    async send(logs) {
      client ??= create();
      return client.send(logs);
    },
    async close() {
      await client?.close();
    },
  };
}
