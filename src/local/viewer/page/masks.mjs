/** In place of what only the reader knows. */
export const PLACEHOLDER = 'REPLACE_THIS';

/**
 * What stands in a log in place of a value, also where it was percent-encoded once or more often. It is read
 * generously: what only looks like a mask is missed less than a mask that is taken for a value does harm.
 */
const MASK = new RegExp(
  [
    '(?:\\[|%(?:25)*5B)REDACTED(?:[\\w :+.-]|%(?:25)*(?:20|3A))*(?:\\]|%(?:25)*5D)',
    'sha512-(?:[\\w+/=-]|\\\\+/|%(?:25)*(?:2B|2F|3D))+(?:\\?|%(?:25)*3F)[^\\s"\'\\\\&;,<>)}\\]]{0,4}',
  ].join('|'),
  'gi',
);

/** @param {string} text */
export function hasMask(text) {
  return text.search(MASK) >= 0;
}

/** @param {string} text */
export function withPlaceholders(text) {
  return text.replace(MASK, PLACEHOLDER);
}

/**
 * A URL without the pairs of its query that hold a mask, and with placeholders elsewhere.
 *
 * @param {string} url
 */
export function urlWithoutMasks(url) {
  if (!hasMask(url)) return url;
  const start = url.indexOf('?');
  if (start < 0) return withPlaceholders(url);
  const pairs = url
    .slice(start + 1)
    .split('&')
    .filter((pair) => !hasMask(pair));
  const query = pairs.length === 0 ? '' : `?${pairs.join('&')}`;
  return withPlaceholders(url.slice(0, start) + query);
}
