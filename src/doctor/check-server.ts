import { type ProbeResult, probe } from '../delivery/client/probe';
import { pipelineSettings } from '../delivery/pipeline-settings';
import { explainUnavailable } from '../delivery/worker/worker-unavailable';
import { type ProxyAddress, proxyFor } from '../options/proxy';
import type { ResolvedOptions } from '../options/readme-options';
import { type Check, checksAbout } from './check';
import {
  type Explanation,
  explainError,
  explainProxy,
  explainTimeout,
  isLoopback,
} from './explain-failure';
import { probeInWorker } from './probe-in-worker';

type Answer = Extract<ProbeResult, { kind: 'answer' }>;

const check = checksAbout('ReadMe');
/** Statuses of a server that knows nothing of `POST /v1/request`. */
const UNKNOWN_THERE = new Set([404, 405, 410, 501]);

/**
 * Whether the metrics server can be reached, is one, and takes the key.
 *
 * @param unusable options that have been found to be missing or wrong.
 */
export async function checkServer(
  options: ResolvedOptions,
  unusable: ReadonlySet<string>,
): Promise<Check[]> {
  if (options.dryRun) {
    return [check('note', 'not asked: with README_DRY_RUN logs are printed, and none is sent')];
  }
  if (unusable.has('metricsServer')) {
    return [check('note', 'not asked: README_METRICS_SERVER cannot be used')];
  }
  if (unusable.has('apiKey')) {
    return [check('note', `${options.metricsServer} is not asked without a key`)];
  }
  const server = new URL(options.metricsServer);
  const settings = pipelineSettings(options);
  const inWorker = options.backgroundWorkerMode ? await probeInWorker(settings) : undefined;
  // Without a worker, logs are sent from the main thread.
  const isInWorker = inWorker !== undefined && inWorker.kind !== 'no worker';
  const result = isInWorker ? inWorker : await probe(settings);
  return [
    ...checkEncryption(server),
    ...(inWorker?.kind === 'no worker' ? [checkWorker(inWorker.reason)] : []),
    judge(server, result, options.timeoutMillis, proxyFor(options.proxy, options.metricsServer)),
  ];
}

function checkWorker(reason: string): Check {
  const [text, ...advice] = explainUnavailable(reason).split('. ');
  return check('warn', text as string, advice.join('. '));
}

function checkEncryption({ protocol, hostname, host }: URL): Check[] {
  if (protocol === 'https:' || isLoopback(hostname)) return [];
  return [
    check(
      'warn',
      `key and logs go to ${host} without encryption`,
      'Use https:// in README_METRICS_SERVER.',
    ),
  ];
}

function judge(
  server: URL,
  result: ProbeResult,
  timeoutMillis: number,
  proxy: ProxyAddress | undefined,
): Check {
  switch (result.kind) {
    case 'answer':
      return proxy !== undefined && result.status === 407
        ? failure(explainProxy(new URL(proxy.origin), 'PROXY_ANSWERED_407'))
        : judgeAnswer(server, result);
    case 'timeout':
      return failure(explainTimeout(server, timeoutMillis, proxy?.origin));
    default: {
      // A request to an http:// server is given to the proxy: that is what cannot be reached.
      const isOfProxy = server.protocol === 'http:' || result.code.startsWith('PROXY_');
      const isProxy = proxy !== undefined && isOfProxy;
      return failure(
        isProxy
          ? explainProxy(new URL(proxy.origin), result.code)
          : explainError(server, result.code, result.message),
      );
    }
  }
}

function failure({ text, advice }: Explanation): Check {
  return check('fail', text, advice);
}

function judgeAnswer({ host, origin }: URL, answer: Answer): Check {
  const { status, mediaType, location, reason } = answer;
  const isPage = mediaType === 'text/html';
  if (status >= 300 && status < 400) {
    const target = location && URL.canParse(location, origin) && new URL(location, origin).origin;
    return check(
      'fail',
      `${host} answers ${status}, a redirect${target ? ` to ${target}` : ''}, and redirects are not followed`,
      `Put the address of the metrics server itself into README_METRICS_SERVER.`,
    );
  }
  if (status === 407 || (isPage && (status === 401 || status === 403))) {
    return check(
      'fail',
      `something between this machine and ReadMe answers ${status} in place of ${host}: a proxy or a firewall`,
      `Have requests to ${host} let through.`,
    );
  }
  if (status === 401 || status === 403) {
    return check(
      'fail',
      `${host} refuses the key: ${reason}`,
      'Correct README_API_KEY; you find the key in your ReadMe project under Configuration > API Key.',
    );
  }
  if (isPage || UNKNOWN_THERE.has(status)) {
    const what = isPage ? `${status} and a web page` : String(status);
    return check(
      'fail',
      `what answers on ${host} is no ReadMe metrics server: to POST /v1/request it says ${what}`,
      'Correct README_METRICS_SERVER, or leave it away for ReadMe itself; if it is a local metrics server that you meant, another program has its port.',
    );
  }
  if (status === 429) {
    return check(
      'warn',
      `${host} answers 429, too many requests: it does not say whether it takes the key`,
      'Run the doctor again in some minutes.',
    );
  }
  if (status >= 500) {
    return check(
      'fail',
      `${host} cannot take logs now: ${reason}`,
      'Run the doctor again in some minutes; if it stays so, see whether ReadMe reports an outage.',
    );
  }
  return status < 300
    ? check('ok', `${origin} takes the key (it answers ${status} to an empty list)`)
    : check('ok', `${origin} does not refuse the key, only the empty list: ${reason}`);
}
