/**
 * @typedef {object} Token
 * @property {'key' | 'string' | 'number' | 'literal' | 'mark' | 'space'} kind
 * @property {string} text
 */

const TOKEN =
  /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|[{}[\],:]/g;

/** Deeper is not indented further: the text would grow with the square of the depth. */
const MOST_INDENTED = 30;

/**
 * JSON, laid out with an indentation of two spaces. The tokens are those of the text, so numbers,
 * escapes and duplicate members stay as they were sent, which JSON.parse() would change.
 *
 * @param {string} text
 * @returns {Token[] | undefined} undefined when it is not JSON
 */
export function jsonTokens(text) {
  try {
    JSON.parse(text);
  } catch {
    return undefined;
  }
  /** @type {Token[]} */
  const tokens = [];
  let depth = 0;
  let previous = '';
  const breakLine = () => {
    tokens.push({ kind: 'space', text: `\n${'  '.repeat(Math.min(depth, MOST_INDENTED))}` });
  };
  for (const [token] of text.matchAll(TOKEN)) {
    const opened = previous === '{' || previous === '[';
    if (token === '}' || token === ']') {
      depth -= 1;
      if (!opened) breakLine();
    } else if (opened || previous === ',') {
      breakLine();
    } else if (previous === ':') {
      tokens.push({ kind: 'space', text: ' ' });
    }
    if (token === '{' || token === '[') depth += 1;
    // A string before a colon has been a member's name.
    const last = tokens.at(-1);
    if (token === ':' && last?.kind === 'string') last.kind = 'key';
    tokens.push({ kind: kindOf(token), text: token });
    previous = token;
  }
  return tokens;
}

/** @param {string} token @returns {Token['kind']} */
function kindOf(token) {
  if (token.startsWith('"')) return 'string';
  if (/^[-\d]/.test(token)) return 'number';
  return /^[tfn]/.test(token) ? 'literal' : 'mark';
}
