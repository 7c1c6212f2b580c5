import { ENCODED_SEPARATOR } from './percent';
import type { Policy } from './policy';
import { redactPairs, redactUrl } from './url';
import { mayHoldUserinfo, withoutUserinfoInText } from './userinfo';

/**
 * Words between spaces and angle brackets. What stands in quotes is one; else a quote ends a word only until its
 * query has begun, since a value may hold one.
 */
const WORD =
  /"[^"\s<>]*"?|'[^'\s<>]*'?|`[^`\s<>]*`?|[^\s<>"'`?#&]+(?:[?#&][^\s<>]*)?|[?#&][^\s<>]*/g;
const URL_START = /^(?:[a-z][a-z0-9+.-]*:)?[/\\]/i;
/** `/x;token=abc`, but not `text/html;q=1`. */
const PATH_PARAMETER = /(?:^|[\s<>"'`:])[/\\][^\s<>"'`;]*;[^\s<>"'`=]*=/;
const ENCODED_EQUALS = /%(?:25)*3d/i;

/** Whether `name=value` pairs of a query may stand in a text, as they are or percent-encoded. */
export function mayHoldPairs(text: string): boolean {
  if (text.includes('=') && (/[?&#]/.test(text) || ENCODED_SEPARATOR.test(text))) return true;
  if (text.includes('%') && ENCODED_EQUALS.test(text)) return true;
  return text.includes(';') && PATH_PARAMETER.test(text);
}

/**
 * Any text with a denylist applied to the URLs and pairs in it: what redirects as `Location` also stands in
 * `Link` and `Refresh`, in JSON, in names of files, and in the body that Express writes for people.
 */
export function redactUrlsInText(text: string, policy: Policy): string {
  const bare = mayHoldUserinfo(text) ? withoutUserinfoInText(text) : text;
  if (policy.mode !== 'deny' || !mayHoldPairs(bare)) return bare;
  // A value may hold a quote, or a bracket.
  if (URL_START.test(bare) && !/\s/.test(bare)) return redactUrl(bare, policy);
  return bare.replace(WORD, (word) => (mayHoldPairs(word) ? redactWord(word, policy) : word));
}

function redactWord(word: string, policy: Policy): string {
  const quote = /^["'`]/.exec(word)?.[0] ?? '';
  const end = quote !== '' && word.length > 1 && word.endsWith(quote) ? quote : '';
  const inner = word.slice(quote.length, word.length - end.length);
  return (
    quote + (URL_START.test(inner) ? redactUrl(inner, policy) : redactPairs(inner, policy)) + end
  );
}
