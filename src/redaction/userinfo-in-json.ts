const AT = 0x40;
const QUOTE = 0x22;
const SLASH = 0x2f;
const BACKSLASH = 0x5c;
/** Two slashes: as they are, as PHP escapes them, and two backslashes, which browsers take for them. */
const SLASHES = ['//', '/\\/', '\\\\\\\\'];

/**
 * Whether a user name and a password may stand in a URL in a JSON text that escapes neither `@` nor `/` with `\\u`: an
 * `@` with two slashes before it in the same word. Most texts with e-mail addresses have none.
 */
export function mayHoldUserinfoInJson(utf8: Buffer): boolean {
  let at = utf8.indexOf(AT);
  if (at < 0 || !SLASHES.some((slashes) => utf8.includes(slashes))) return false;
  for (let from = 0; at >= 0; from = at + 1, at = utf8.indexOf(AT, from)) {
    // No further back than the last `@`: of what comes before that, no is said already.
    for (let index = at - 1; index > from; index -= 1) {
      const byte = utf8[index] as number;
      if (byte <= 0x20 || byte === QUOTE) break;
      if (isSlash(byte) && isSlash(utf8[index - 1] as number)) return true;
    }
  }
  return false;
}

function isSlash(byte: number): boolean {
  return byte === SLASH || byte === BACKSLASH;
}
