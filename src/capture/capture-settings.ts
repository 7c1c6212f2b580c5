import { groupingFunctionFrom } from '../options/grouping-function-file';
import { listsAsText } from '../options/lists-as-text';
import type { GroupingFunction, ResolvedOptions } from '../options/readme-options';
import { compileTrust, type Trust } from '../options/trust-proxy';
import type { Warnings } from '../options/warnings';
import { type LogDeliveryTest, logDeliveries } from './log-delivery';

/** What capturing needs to know, made once from the options. */
export interface CaptureSettings {
  readonly groupingFunction: GroupingFunction;
  readonly trust: Trust;
  /** Lower-case hosts whose exchanges are logged; `undefined`: all. */
  readonly allowedHosts: ReadonlySet<string> | undefined;
  /** Whether a request brings logs to ReadMe. */
  readonly isLogDelivery: LogDeliveryTest;
  readonly maxBodyBytes: number;
  /** Denylist and allowlist in one text, to be compared with those of who sends. */
  readonly lists: string;
  readonly maxBufferedBytes: number;
  /** URL of the documentation's log pages, when it is known already; must not block or throw. */
  readonly documentationUrl: () => string | undefined;
  readonly warnings: Warnings;
}

export function captureSettings(
  options: ResolvedOptions,
  documentationUrl: () => string | undefined,
  warnings: Warnings,
): CaptureSettings {
  return {
    groupingFunction:
      typeof options.groupingFunction === 'string'
        ? groupingFunctionFrom(options.groupingFunction)
        : options.groupingFunction,
    trust: compileTrust(options.trustProxy),
    allowedHosts: options.allowedHttpHosts && new Set(options.allowedHttpHosts),
    isLogDelivery: logDeliveries(options),
    maxBodyBytes: options.maxBodyBytes,
    lists: listsAsText(options),
    maxBufferedBytes: options.maxBufferedBytes,
    documentationUrl,
    warnings,
  };
}
