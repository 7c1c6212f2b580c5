import type { IncomingMessage } from 'node:http';
import type { ResolvedOptions } from '../options/readme-options';

/** Before the query; a proxy may have put something in front of it. */
const PATH = '/v1/request';
const ENDS_IN_PATH = /\/v1\/request(?:\?|$)/;
/** This package, `readmeio` (Node), `readme-metrics-python@…` and the others of ReadMe's SDKs that say who they are. */
const SDK = /^readme(?:io|-metrics[\w-]*)(?:[/@ ]|$)/i;

/** @param authority host that a client names in a pseudo-header field of HTTP/2, in place of a Host field. */
export type LogDeliveryTest = (request: IncomingMessage, authority?: string) => boolean;

/**
 * Whether a request brings logs to ReadMe: a stand-in of ReadMe, or a proxy, may be in this process, and logging
 * what it receives would make new logs without end.
 *
 * An API may have `POST /v1/request` of its own. So something has to be there that its clients do not have: the name
 * of an SDK, the key of the project, or the address of the metrics server.
 */
export function logDeliveries({
  apiKey,
  metricsServer,
}: Pick<ResolvedOptions, 'apiKey' | 'metricsServer'>): LogDeliveryTest {
  const { host } = new URL(metricsServer);
  const authorization = `Basic ${Buffer.from(`${apiKey}:`).toString('base64')}`;
  return ({ method, url = '', headers }, authority) => {
    // The first two decide about nearly all requests, and cost nothing.
    if (method !== 'POST' || !url.includes(PATH) || !ENDS_IN_PATH.test(url)) return false;
    return (
      SDK.test(headers['user-agent'] ?? '') ||
      (authority ?? headers.host)?.toLowerCase() === host ||
      (apiKey !== '' && headers.authorization === authorization)
    );
  };
}
