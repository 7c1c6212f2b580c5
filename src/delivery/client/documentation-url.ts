import { lendRequire } from '../../bundles/lend-require';
import { codeOrNameOf } from '../../options/name-of';
import type { ResolvedOptions } from '../../options/readme-options';
import { VERIFY_TLS } from '../../options/tls-verification';
import type { Warnings } from '../../options/warnings';
import { readAnswer } from './read-answer';
import { withTracingSuppressed } from './with-tracing-suppressed';

const DAY_MILLIS = 24 * 60 * 60 * 1000;
const RETRY_MILLIS = 2 * 60 * 1000;

/**
 * Where the project's documentation is, for `x-documentation-url`.
 *
 * @returns a function that answers at once with what is known: the URL of the option, or for `"auto"` the
 * last answer of ReadMe's API, which is asked in the background, again after a day, and two minutes
 * after a failure.
 */
export function documentationUrlSource(
  options: ResolvedOptions,
  warnings: Warnings,
): () => string | undefined {
  const { baseLogUrl } = options;
  if (baseLogUrl !== 'auto') return () => baseLogUrl;
  let known: string | undefined;
  let askAgainAt = 0;
  const ask = async () => {
    try {
      known = await askForBaseUrl(options);
      askAgainAt = Date.now() + DAY_MILLIS;
    } catch (error) {
      const reason = error instanceof Unusable ? error.message : codeOrNameOf(error);
      warnings.diagOnce('base-url', `dashServer did not return the base URL: ${reason}`);
    }
  };
  return () => {
    if (Date.now() >= askAgainAt) {
      // Set before the answer, so that the requests meanwhile do not ask too.
      askAgainAt = Date.now() + RETRY_MILLIS;
      setImmediate(ask);
    }
    return known;
  };
}

/** An answer that cannot be used; other exceptions quote what they could not parse. */
class Unusable extends Error {}

/** @throws {Error} when there is no answer in time, or one that holds no URL. */
async function askForBaseUrl({
  apiKey,
  dashServer,
  timeoutMillis,
  proxy,
}: ResolvedOptions): Promise<string> {
  const transport = loadTransport().createTransport({
    server: new URL(dashServer).origin,
    connections: 1,
    timeoutMillis,
    proxy,
    verifyTls: VERIFY_TLS,
    withTracingSuppressed,
  });
  try {
    const { status, body } = await transport.request(`${dashServer}/api/v1/`, {
      method: 'GET',
      headers: { authorization: `Basic ${Buffer.from(`${apiKey}:`).toString('base64')}` },
      signal: AbortSignal.timeout(timeoutMillis),
    });
    const answer = await readAnswer(body);
    if (status !== 200) throw new Unusable(`HTTP ${status}`);
    const { baseUrl } = JSON.parse(answer) as { baseUrl?: unknown };
    if (typeof baseUrl !== 'string' || !/^https?:/i.test(baseUrl)) throw new Unusable('no baseUrl');
    return new URL(baseUrl).href.replace(/\/+$/, '');
  } finally {
    await transport.close();
  }
}

/** Not at the start of every process: few have `baseLogUrl: "auto"`. */
function loadTransport(): typeof import('./create-transport') {
  const returnRequire = lendRequire();
  try {
    return require('./create-transport') as typeof import('./create-transport');
  } finally {
    returnRequire();
  }
}
