/** No message of ours is nearly as long, and no text from outside makes it so. */
const LONGEST = 2000;

/**
 * What a terminal, or who reads a log file, takes for something else than text: control characters (C0, C1, DEL),
 * line and paragraph separators, what turns the direction of writing, what is invisible, halves of surrogate pairs.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu;

/** `user:password@` after two slashes, of either kind, which URL parsers take for the same. */
const USERINFO = /([/\\]{2})[^\s/\\"'`]*@/g;

/**
 * The one gate for every text that leaves as a message (error, warning, diag, the doctor's report): on one line, of
 * printable characters, without user names and passwords of URLs, not endless. What a message may say at all is up
 * to who writes it: never a body, a key, a header value, or what a server or an exception says in its own words.
 */
export function plainText(text: string): string {
  const short = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  return short.replace(UNPRINTABLE, ' ').replace(USERINFO, '$1…@');
}
