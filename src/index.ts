import './bundles/loading-begins';

export type { StreamRequest, StreamResponse } from './capture/http2/stream-messages';
export { type RequestLike, setReadmeGroup } from './capture/set-readme-group';
export { ReadmeDeliveryError } from './delivery/flush-barrier';
export type { LogStats } from './delivery/log-counts';
export { ReadmeOptionsError } from './options/checks';
export { groupByApiKey } from './options/group-by-api-key';
export type {
  GroupingFunction,
  ReadmeGroup,
  ReadmeOptions,
  TrustProxy,
} from './options/readme-options';
export type { DropReason } from './record/drop-reason';
export { CREDENTIAL_ENDINGS, CREDENTIAL_PARAMETERS } from './redaction/credential-endings';
export { CREDENTIAL_NAMES } from './redaction/credential-names';
export type { ListEntry } from './redaction/path';
export { type HttpHooks, readmeHttpHooks } from './spans/http-hooks';
export { ReadmeInstrumentation } from './spans/readme-instrumentation';
export { ReadmeSpanExporter } from './spans/readme-span-exporter';
export { ReadmeSpanProcessor } from './spans/readme-span-processor';

import './bundles/loading-ends';
