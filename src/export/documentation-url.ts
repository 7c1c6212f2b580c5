import { context, diag } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import { Agent, request } from 'undici';
import type { ResolvedOptions } from '../options/readme-options';
import { readAnswer } from './read-answer';

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
  options: Pick<ResolvedOptions, 'apiKey' | 'baseLogUrl' | 'dashServer' | 'timeoutMillis'>,
): () => string | undefined {
  const { baseLogUrl } = options;
  if (baseLogUrl !== 'auto') return () => baseLogUrl;
  let known: string | undefined;
  let askAgainAt = 0;
  return () => {
    const now = Date.now();
    if (now >= askAgainAt) {
      // Set before the answer, so that the requests meanwhile do not ask too.
      askAgainAt = now + RETRY_MILLIS;
      void askForBaseUrl(options).then((url) => {
        if (url === undefined) return;
        known = url;
        askAgainAt = Date.now() + DAY_MILLIS;
      });
    }
    return known;
  };
}

async function askForBaseUrl({
  apiKey,
  dashServer,
  timeoutMillis,
}: Pick<ResolvedOptions, 'apiKey' | 'dashServer' | 'timeoutMillis'>): Promise<string | undefined> {
  const agent = new Agent();
  try {
    const { statusCode, body } = await context.with(suppressTracing(context.active()), () =>
      request(`${dashServer}/api/v1/`, {
        dispatcher: agent,
        headers: { authorization: `Basic ${Buffer.from(`${apiKey}:`).toString('base64')}` },
        signal: AbortSignal.timeout(timeoutMillis),
      }),
    );
    if (statusCode !== 200) {
      await body.dump();
      diag.warn(
        `readme-metrics-opentelemetry: ${dashServer} does not tell the base URL: HTTP ${statusCode}`,
      );
      return undefined;
    }
    const { baseUrl } = JSON.parse(await readAnswer(body)) as { baseUrl?: unknown };
    return typeof baseUrl === 'string' && URL.canParse(baseUrl)
      ? baseUrl.replace(/\/+$/, '')
      : undefined;
  } catch (error) {
    const { code, name } = error as { code?: string; name?: string };
    diag.warn(
      `readme-metrics-opentelemetry: ${dashServer} does not tell the base URL: ${code ?? name}`,
    );
    return undefined;
  } finally {
    await agent.destroy();
  }
}
