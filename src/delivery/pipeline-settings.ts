import type { ResolvedOptions } from '../options/readme-options';
import { VERIFY_TLS } from '../options/tls-verification';

/** What making and sending logs needs of the options: plain data, which another thread can be given. */
export type PipelineSettings = Pick<
  ResolvedOptions,
  | 'apiKey'
  | 'metricsServer'
  | 'timeoutMillis'
  | 'retryTimeoutMillis'
  | 'developmentMode'
  | 'denylist'
  | 'allowlist'
  | 'maxBodyBytes'
  | 'logBinaryBodies'
  | 'dryRun'
  | 'spoolDirectory'
  | 'spoolMaxBytes'
  | 'spoolMaxAgeMillis'
  | 'proxy'
> & { readonly verifyTls: boolean };

export function pipelineSettings(options: ResolvedOptions): PipelineSettings {
  return {
    apiKey: options.apiKey,
    metricsServer: options.metricsServer,
    timeoutMillis: options.timeoutMillis,
    retryTimeoutMillis: options.retryTimeoutMillis,
    developmentMode: options.developmentMode,
    denylist: options.denylist,
    allowlist: options.allowlist,
    maxBodyBytes: options.maxBodyBytes,
    logBinaryBodies: options.logBinaryBodies,
    dryRun: options.dryRun,
    spoolDirectory: options.spoolDirectory,
    spoolMaxBytes: options.spoolMaxBytes,
    spoolMaxAgeMillis: options.spoolMaxAgeMillis,
    proxy: options.proxy,
    verifyTls: VERIFY_TLS,
  };
}
