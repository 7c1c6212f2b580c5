/**
 * Invisible characters could end a paste in a terminal and begin a command, or complete a file name;
 * half a surrogate pair is no character.
 */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
/** No line may be longer: where a terminal reads lines itself, macOS cuts off what is above 1,024 bytes. */
const MOST_BYTES_A_LINE = 800;

const encoder = new TextEncoder();

/** Whether a text can stand between quotes as it is. @param {string} text */
export function isPlain(text) {
  return !INVISIBLE.test(text);
}

/**
 * A text as one word for sh, dash, bash and zsh. `$'…'` would be shorter, but dash does not know it: there
 * its backslashes and quotes are those of the text. Where `!` could be history expansion (in double quotes),
 * it is written as an escape.
 *
 * @param {string} text without NUL, which no argument can hold
 * @param {'utf8' | 'latin1'} [charset] of the bytes that the program is to get
 * @returns {string}
 */
export function word(text, charset = 'utf8') {
  if (isPlain(text) && (charset === 'utf8' || !isLatin1(text))) {
    return `'${lines([...text].map((character) => (character === "'" ? "'\\''" : character)))}'`;
  }
  // A command substitution loses the newlines at its end.
  const end = /\n*$/.exec(text)?.[0] ?? '';
  const start = text.slice(0, text.length - end.length);
  return `"$(${printf(start, charset)})"${end === '' ? '' : `'${end}'`}`;
}

/**
 * The command that writes a text, with any character in it, on its standard output. POSIX has `\ooo` in the
 * format of printf; all four shells can write NUL by it.
 *
 * @param {string} text
 * @param {'utf8' | 'latin1'} [charset]
 * @returns {string}
 */
export function printf(text, charset = 'utf8') {
  const asLatin1 = charset === 'latin1' && isLatin1(text);
  const pieces = [...text].map((character, index) => {
    if (character === "'") return "'\\''";
    if (character === '\\') return '\\\\';
    if (character === '%') return '%%';
    if (character === '\n') return '\\n';
    // At the beginning it would be an option.
    if (character === '!' || (character === '-' && index === 0))
      return octal([character.charCodeAt(0)]);
    if (asLatin1 && character > '\x7f') return octal([character.charCodeAt(0)]);
    return isPlain(character) ? character : octal(encoder.encode(character));
  });
  return `printf '${lines(pieces)}'`;
}

/** Whether all characters are bytes, and some beyond ASCII: so Node.js reads header fields. @param {string} text */
function isLatin1(text) {
  return /[\x80-\xff]/.test(text) && !/[^\0-\xff]/.test(text);
}

/** @param {Iterable<number>} bytes */
function octal(bytes) {
  return [...bytes].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
}

/**
 * What stands between quotes, on as many lines as it takes.
 *
 * @param {string[]} pieces one a character
 */
function lines(pieces) {
  let text = '';
  let bytes = 0;
  for (const piece of pieces) {
    const more = piece.length === 1 && piece < '\x80' ? 1 : encoder.encode(piece).length;
    if (bytes + more > MOST_BYTES_A_LINE) {
      text += "'\\\n'";
      bytes = 0;
    }
    text += piece;
    bytes += more;
  }
  return text;
}
