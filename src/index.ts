export { groupByApiKey } from './capture/group-by-api-key';
export { type RequestLike, setReadmeGroup } from './capture/set-readme-group';
export { ReadmeDeliveryError } from './export/flush-barrier';
export type { LogCountsSnapshot } from './export/log-counts';
export { ReadmeSpanExporter } from './export/readme-span-exporter';
export type { ListEntry } from './har/redaction/policy';
export { ReadmeOptionsError } from './options/checks';
export type { LossCause } from './options/loss-cause';
export type {
  GroupingFunction,
  ReadmeGroup,
  ReadmeOptions,
  TrustProxy,
} from './options/readme-options';
export { type HttpHooks, readmeHttpHooks } from './spans/http-hooks';
export { ReadmeInstrumentation } from './spans/readme-instrumentation';
export { ReadmeSpanProcessor } from './spans/readme-span-processor';
