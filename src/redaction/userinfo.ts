/** Where an authority begins at the start of a URL, as lenient as browsers are (WHATWG URL Standard §4.4). */
const AUTHORITY = /^[\0-\x20]*(?:(?:https?|wss?|ftp):[/\\\t]*|(?:[a-z][a-z0-9+.-]*:)?[/\\]{2,})/i;
/** What may stand before a URL in a word, as in `url='http://host/'`. */
const WORD_START = /^(?:[a-z-]+=)?['`(]?/i;
const NEXT_AUTHORITY = /^[/\\]{2,}/;

/** What may stand around the `@` of a URL that is percent-encoded so many times. */
interface Level {
  readonly separators: RegExp;
  readonly at: string;
  readonly colon: RegExp;
  readonly special: RegExp;
}

const MOST_ENCODINGS = 5;
const LEVELS: readonly Level[] = Array.from({ length: MOST_ENCODINGS + 1 }, (_, times) =>
  levelOf(times === 0 ? undefined : `%${'25'.repeat(times - 1)}`),
);

function levelOf(percent: string | undefined): Level {
  const encoded = (hex: string) => (percent === undefined ? '' : `|${percent}(?:${hex})`);
  const colon = `(?::${encoded('3a')})`;
  return {
    separators: new RegExp(
      `((?:[/\\\\\\t]${encoded('2f|5c')})+|[?#&\\s<>"]${encoded('3f|2[36]')})`,
      'i',
    ),
    at: percent === undefined ? '@' : `${percent}40`,
    colon: new RegExp(`${colon}$`, 'i'),
    special: new RegExp(`(?:https?|wss?|ftp)${colon}`, 'i'),
  };
}

/** Whether a user name and a password may stand in a text. */
export function mayHoldUserinfo(text: string): boolean {
  return text.includes('@') || (text.includes('%') && /%(?:25)*40/.test(text));
}

/** Two slashes, or the scheme of a URL that needs none, as they are or percent-encoded. */
const URL_MARK = /[/\\]{2}|%(?:25)*(?:2f|5c)|(?:https?|wss?|ftp)(?::|%(?:25)*3a)/i;

/** Whether they may stand in a URL in a text, of which an e-mail address is none. */
export function mayHoldUserinfoOfUrl(text: string): boolean {
  return mayHoldUserinfo(text) && URL_MARK.test(text);
}

/**
 * A URL without user name and password (RFC 3986 §3.2.1), whatever its scheme, and without those of URLs that
 * stand in its path, query and fragment, as they are or percent-encoded.
 */
export function withoutUserinfo(url: string): string {
  if (!mayHoldUserinfo(url)) return url;
  const start = AUTHORITY.exec(url)?.[0].length ?? 0;
  if (start === 0) return withoutUserinfoWithin(url);
  const end = authorityEnd(url, start);
  const head = url.slice(0, start) + hostOf(url.slice(start, end));
  // Behind the host that a server puts before it, a target such as `//user@host/` is a URL without a scheme.
  const next = NEXT_AUTHORITY.exec(url.slice(end))?.[0].length ?? 0;
  if (next === 0) return head + withoutUserinfoWithin(url.slice(end));
  const nextEnd = authorityEnd(url, end + next);
  return (
    head +
    url.slice(end, end + next) +
    hostOf(url.slice(end + next, nextEnd)) +
    withoutUserinfoWithin(url.slice(nextEnd))
  );
}

/** A list of hosts, as `Host` and `X-Forwarded-Host` have it, without user names and passwords. */
export function withoutUserinfoOfHosts(value: string): string {
  if (!value.includes('@')) return value;
  return value
    .split(',')
    .map((host) => (/^\s*/.exec(host)?.[0] ?? '') + hostOf(host).trimStart())
    .join(',');
}

/** Text with URLs in it, such as `Refresh`, without user names and passwords, which may hold any sign but a space. */
export function withoutUserinfoInText(text: string): string {
  return text
    .split(/([\s<>"]+)/)
    .map((word) => {
      if (!mayHoldUserinfo(word)) return word;
      const start = WORD_START.exec(word)?.[0].length ?? 0;
      return word.slice(0, start) + withoutUserinfo(word.slice(start));
    })
    .join('');
}

/** Any text with the URLs in it without user names and passwords. Takes time in proportion to its length. */
export function withoutUserinfoWithin(text: string): string {
  let left = text;
  for (let times = 0; times <= MOST_ENCODINGS && mayHoldUserinfo(left); times += 1) {
    if (times > 0 && !left.includes(`%${'25'.repeat(times - 1)}`)) break;
    left = withoutUserinfoAt(left, LEVELS[times] as Level);
  }
  return left;
}

function withoutUserinfoAt(text: string, level: Level): string {
  if (!text.includes('@') && !text.includes(level.at)) return text;
  // Separators stand at the odd places.
  const pieces = text.split(level.separators);
  for (let index = 0; index < pieces.length; index += 2) {
    const piece = pieces[index] as string;
    const start = opensAuthority(pieces, index, level) ? 0 : afterSpecialScheme(piece, level);
    const end = Math.max(after(piece, '@'), after(piece, level.at));
    if (start >= 0 && end > start) pieces[index] = piece.slice(0, start) + piece.slice(end);
  }
  return pieces.join('');
}

/** Whether two slashes come before a piece, or one as browsers take it after `https:`, that begin an authority. */
function opensAuthority(pieces: readonly string[], index: number, level: Level): boolean {
  const separator = pieces[index - 1];
  if (separator === undefined || !/^(?:[/\\\t]|%(?:25)*(?:2f|5c))/i.test(separator)) return false;
  const before = pieces[index - 2] as string;
  if (level.colon.test(before)) return separator.length > 1 || endsSpecial(before, level);
  const isDouble = (separator.match(/[/\\\t%]/g)?.length ?? 0) > 1;
  if (!isDouble) return false;
  // Behind a space, a quote, or at the beginning, but not in the middle of a path.
  return before === ''
    ? !/[?#&/\\]/.test(pieces[index - 3] ?? '')
    : /[=(,'`]$|%(?:25)*3d$/i.test(before);
}

function endsSpecial(before: string, { special }: Level): boolean {
  return special.test(before.slice(-40));
}

/** Browsers take `https:user@host` for a URL of another scheme than their own. */
function afterSpecialScheme(piece: string, { special }: Level): number {
  const match = special.exec(piece);
  if (match === null || match.index + match[0].length === piece.length) return -1;
  return match.index + match[0].length;
}

function after(text: string, sought: string): number {
  const at = text.lastIndexOf(sought);
  return at < 0 ? -1 : at + sought.length;
}

function authorityEnd(url: string, start: number): number {
  const length = url.slice(start).search(/[/\\?#]/);
  return length < 0 ? url.length : start + length;
}

function hostOf(authority: string): string {
  return authority.slice(authority.lastIndexOf('@') + 1);
}
