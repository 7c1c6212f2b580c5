import { compilePolicy } from '../har/redaction/policy';
import { CallerMasks } from '../har/redaction/secrets';
import type { ResolvedOptions } from '../options/readme-options';
import type { Warnings } from '../options/warnings';
import { LogPipeline } from './log-pipeline';
import type { MetricsClient } from './metrics-client';

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
    client: whenNeeded(async () => {
      const { createMetricsClient } = await import('./metrics-client.js');
      return createMetricsClient({ ...options, connections: REQUESTS_IN_FLIGHT });
    }),
    warnings,
    requestsInFlight: REQUESTS_IN_FLIGHT,
  });
}

/** undici takes longer to load than all else together, so it is loaded with the first send. */
function whenNeeded(create: () => Promise<MetricsClient>): MetricsClient {
  let client: Promise<MetricsClient> | undefined;
  return {
    async send(logs) {
      client ??= create();
      return (await client).send(logs);
    },
    async close() {
      await (await client)?.close();
    },
  };
}
