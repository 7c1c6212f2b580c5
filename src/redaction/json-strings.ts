import { looksLikeForm } from './form-look';
import type { Policy } from './policy';
import { redactPairs } from './url';
import { mayHoldPairs, redactUrlsInText } from './url-text';
import { mayHoldUserinfoOfUrl, withoutUserinfoInText } from './userinfo';
import { mayHoldUserinfoInJson } from './userinfo-in-json';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const EQUALS = 0x3d;
const PERCENT = 0x25;
/** What separates pairs in a URL, and what begins them. */
const MARKS = [0x3f, 0x26, 0x23, PERCENT];
/** How an encoder that escapes `=`, `&` or `?` in JSON begins (Gson, Go), and anybody who escapes a letter. */
const ASCII_ESCAPE = '\\u00';
/** Where a pair may be, or `=` in another spelling. */
const PAIR = /=|\\u00|%(?:25)*3d/gi;
/** The same, or where a user name may end. */
const PAIR_OR_AT = /[=@]|\\u00|%(?:25)*(?:3d|40)/gi;

/**
 * Whether `name=value` pairs of a URL, or its user name and password, may stand in a string of a JSON text: for most
 * texts it is soon said no.
 */
export function mayHoldUrls(utf8: Buffer): boolean {
  return mayHoldUrlPairs(utf8) || mayHoldUserinfoInJson(utf8);
}

function mayHoldUrlPairs(utf8: Buffer): boolean {
  const escaped = utf8.includes(ASCII_ESCAPE);
  if (!escaped && !utf8.includes(EQUALS) && !utf8.includes(PERCENT)) return false;
  return escaped || MARKS.some((mark) => utf8.includes(mark));
}

/** As it is, percent-encoded, or with an escape. */
function mayHoldUserinfoSomehow(utf8: Buffer): boolean {
  return utf8.includes(PERCENT) || utf8.includes(ASCII_ESCAPE) || mayHoldUserinfoInJson(utf8);
}

/**
 * A JSON text with a denylist applied to the URLs in its strings, names included. What passes keeps its bytes.
 * Takes time in proportion to the length of the text.
 */
export function redactUrlsInJson(utf8: Buffer, policy: Policy): Buffer {
  // One character a byte.
  const text = utf8.toString('latin1');
  const sought = mayHoldUserinfoSomehow(utf8) ? PAIR_OR_AT : PAIR;
  const pieces: Buffer[] = [];
  let copied = 0;
  let from = 0;
  for (;;) {
    sought.lastIndex = from;
    const found = sought.exec(text);
    if (found === null) break;
    const start = stringStart(text, from, found.index);
    const end = stringEnd(text, Math.max(start, found.index));
    from = Math.max(end + 1, sought.lastIndex);
    if (start < 0) continue;
    const sent = utf8.toString('utf8', start, end);
    const string = decoded(sent);
    if (!mayHoldPairs(string) && !mayHoldUserinfoOfUrl(string)) continue;
    const left = redactUrlsInText(string, policy);
    if (left === string) continue;
    pieces.push(utf8.subarray(copied, start), Buffer.from(JSON.stringify(left).slice(1, -1)));
    copied = end;
  }
  if (copied === 0) return utf8;
  return Buffer.concat([...pieces, utf8.subarray(copied)]);
}

/** Whether a JSON text is one string, as of who has written it as JSON twice. */
export function isJsonString(utf8: Buffer): boolean {
  let at = utf8[0] === 0xef ? 3 : 0;
  while (at < utf8.length && (utf8[at] as number) <= 0x20) at += 1;
  return utf8[at] === QUOTE;
}

/** What a denylist leaves of a text that is no JSON and stands alone in a string. */
export function redactLoneText(text: string, policy: Policy): string {
  const bare = mayHoldUserinfoOfUrl(text) ? withoutUserinfoInText(text) : text;
  return looksLikeForm(bare) ? redactPairs(bare, policy) : redactUrlsInText(bare, policy);
}

/** Where the string begins that an index is in, behind its quote; -1 when there is none. */
function stringStart(text: string, from: number, index: number): number {
  let quote = index;
  do {
    quote = text.lastIndexOf('"', quote - 1);
    if (quote < from) return -1;
  } while (isEscaped(text, quote, from));
  return quote + 1;
}

/** Where its closing quote stands, or the length. */
function stringEnd(text: string, index: number): number {
  let quote = index - 1;
  do {
    quote = text.indexOf('"', quote + 1);
    if (quote < 0) return text.length;
  } while (isEscaped(text, quote, 0));
  return quote;
}

function isEscaped(text: string, index: number, from: number): boolean {
  let backslashes = 0;
  while (index - backslashes > from && text.charCodeAt(index - backslashes - 1) === BACKSLASH) {
    backslashes += 1;
  }
  return backslashes % 2 === 1;
}

function decoded(sent: string): string {
  if (!sent.includes('\\')) return sent;
  try {
    return JSON.parse(`"${sent}"`) as string;
  } catch {
    return sent;
  }
}
