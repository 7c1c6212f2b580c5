import { ReadmeOptionsError } from '../options/checks';
import { groupingFunctionFrom } from '../options/grouping-function-file';
import type { ResolvedOptions } from '../options/readme-options';
import { type Check, checksAbout } from './check';
import { type SecretHider, shownSecret } from './hide-secrets';
import { askAboutSample, type SampleResult } from './sample-exchange';

const SAMPLE_KEY = 'sample-key-of-the-doctor';
const LONGEST_MESSAGE = 200;
const VARIABLE = 'README_GROUPING_FUNCTION';

const check = checksAbout('Who is calling');

/**
 * What the grouping function says about a sample request.
 *
 * @param headers header fields of the request beside those of the sample.
 * @param secrets told of the caller's key, before it could be shown.
 */
export async function checkCaller(
  { groupingFunction: given }: Pick<ResolvedOptions, 'groupingFunction'>,
  headers: Readonly<Record<string, string>>,
  timeoutMillis: number,
  secrets: SecretHider,
): Promise<Check[]> {
  const name = typeof given === 'string' ? given : given.name;
  let result: SampleResult;
  try {
    const groupingFunction = typeof given === 'string' ? groupingFunctionFrom(given) : given;
    const sample = { authorization: `Bearer ${SAMPLE_KEY}`, 'x-api-key': SAMPLE_KEY, ...headers };
    result = await askAboutSample(groupingFunction, sample, timeoutMillis);
  } catch (error) {
    if (!(error instanceof ReadmeOptionsError)) throw error;
    return [cannotBeLoaded(error)];
  }
  if (result.thrown?.error instanceof ReadmeOptionsError) {
    return [cannotBeLoaded(result.thrown.error)];
  }
  secrets.add(result.caller?.key);
  return [describe(name, result, timeoutMillis), ...doubtsAbout(result)];
}

function cannotBeLoaded(error: Error): Check {
  const { cause } = error;
  const words = cause instanceof Error && !(cause instanceof ReadmeOptionsError);
  const message = words ? `${error.message}: ${cause.message.split('\n', 1)[0]}` : error.message;
  return check(
    'fail',
    message,
    `Correct ${VARIABLE}: ./file.js#name (relative to where the application is started) or package#name, and an export that is a function. ${message}`,
  );
}

function describe(name: string, result: SampleResult, timeoutMillis: number): Check {
  const { caller, cause, thrown, warnings } = result;
  if (caller !== undefined) {
    const shown = [
      `apiKey ${shownSecret(caller.key)}`,
      `label ${caller.label === undefined ? 'none' : JSON.stringify(caller.label)}`,
      `email ${caller.email ?? 'none'}`,
    ];
    return check(
      'ok',
      `${name} says about a request with Authorization: Bearer and X-Api-Key: ${shown.join(', ')}`,
    );
  }
  const more = `The sample has only header fields: what your middleware adds to a request is missing. With --header "Name: value" it gets more of them.`;
  switch (cause) {
    case undefined:
      return check(
        'warn',
        `${name} gave null or undefined for a sample request: such exchanges are not logged. ${more}`,
        'Make sure that the grouping function gives { apiKey, label, email } for the requests that shall be logged.',
      );
    case 'group_failed':
      return check(
        'fail',
        `${name} ${thrown === undefined ? 'gave an object that throws' : `threw ${described(thrown.error)}`}: such exchanges are not logged. ${more}`,
        `Have the grouping function ${name} catch what it throws, and return null or a group.`,
      );
    case 'group_pending':
      return check(
        'fail',
        `the promise of ${name} did not settle within ${timeoutMillis} ms`,
        `Make sure that the promise of the grouping function ${name} settles soon.`,
      );
    default:
      return check(
        'fail',
        `${name}: ${warnings.join('; ')}`,
        `Have the grouping function ${name} return { apiKey, label, email }, or null.`,
      );
  }
}

/** With a caller, the warnings are about fields that are left out. */
function doubtsAbout({ caller, warnings }: SampleResult): Check[] {
  if (caller === undefined) return [];
  return warnings.map((message) =>
    check('warn', message, 'Have the grouping function return apiKey, label and email only.'),
  );
}

/** `TypeError: … (at grouping.js:3:7)`. The request was a sample, so its data cannot be in the message. */
function described(error: unknown): string {
  if (!(error instanceof Error)) return `a value of type ${typeof error}`;
  const message = (error.message.split('\n', 1)[0] ?? '').slice(0, LONGEST_MESSAGE);
  const at = /\n\s+at (?:.*\()?(.*?:\d+:\d+)\)?/.exec(error.stack ?? '')?.[1];
  return `${error.name}: ${message}${at === undefined ? '' : ` (at ${at})`}`;
}
