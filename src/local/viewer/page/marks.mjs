/**
 * What the package wrote in place of a value: `[REDACTED …]`, percent-encoded in URLs, and the mask
 * of a key.
 */
const MARK =
  /\[REDACTED[^\]\n]{0,80}\]|%5BREDACTED(?:%20|%3A|[+\w:.-]){0,80}%5D|sha512-(?:[A-Za-z0-9+/=]|%2[BF]|%3D){88,}(?:\?|%3F)[^"\s&;,<>]{0,4}/gi;

/**
 * @typedef {object} Piece
 * @property {string} text
 * @property {'' | 'redacted' | 'masked'} kind the empty string: as it was sent
 */

/**
 * Cuts a text into what is as it was sent and what is not.
 *
 * @param {string} text
 * @returns {Piece[]}
 */
export function pieces(text) {
  /** @type {Piece[]} */
  const found = [];
  let end = 0;
  for (const match of text.matchAll(MARK)) {
    if (match.index > end) found.push({ text: text.slice(end, match.index), kind: '' });
    found.push({ text: match[0], kind: match[0].startsWith('sha512') ? 'masked' : 'redacted' });
    end = match.index + match[0].length;
  }
  if (end < text.length) found.push({ text: text.slice(end), kind: '' });
  return found;
}
