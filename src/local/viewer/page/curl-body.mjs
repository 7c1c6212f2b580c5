import { hasMask, PLACEHOLDER, withPlaceholders } from './masks.mjs';
import { isPlain, printf, word } from './shell-word.mjs';

/**
 * @typedef {import('../../received-log').ReceivedEntry} Entry
 * @typedef {NonNullable<Entry['request']['postData']>} PostData
 * @typedef {import('../../../har/har').HarParam} Param
 *
 * @typedef {object} CurlBody
 * @property {string} source a command whose output curl reads, or the empty string
 * @property {string[]} options
 * @property {string[]} notes sentences for the reader
 */

const FILE = 'PATH_OF_THE_FILE';
/** Linux takes no argument of more than 128 KiB; a character has up to three bytes. */
const MOST_CHARACTERS_AN_ARGUMENT = 30_000;

/** @param {PostData} postData */
export function isMultipart({ mimeType, params }) {
  return params !== undefined && /^multipart\//i.test(mimeType);
}

/**
 * @param {PostData | undefined} postData
 * @returns {CurlBody}
 */
export function bodyOf(postData) {
  if (postData === undefined) return nothing();
  const { text, params, comment = '' } = postData;
  const body =
    params !== undefined
      ? isMultipart(postData)
        ? partsOf(params)
        : formOf(params)
      : text === undefined
        ? nothing()
        : /^base64\b/.test(comment)
          ? bytesOf(text)
          : textOf(text);
  if (comment.replace(/^base64/, '') !== '') body.notes.push('The log has not all of the body.');
  return body;
}

/** @param {string[]} notes @returns {CurlBody} */
function nothing(...notes) {
  return { source: '', options: [], notes };
}

/** @param {string} text @returns {CurlBody} */
function textOf(text) {
  if (!hasMask(text)) return sent(text);
  const filled = withPlaceholders(text);
  if (filled.trim() === PLACEHOLDER)
    return nothing('Left out, for the log has only a mask: the body.');
  const body = sent(filled);
  body.notes.push(`${PLACEHOLDER} stands where the body has a mask in the log.`);
  return body;
}

/** @param {string} text @returns {CurlBody} */
function sent(text) {
  // --data and --data-binary would read the file that a leading @ names.
  if (isPlain(text) && text.length <= MOST_CHARACTERS_AN_ARGUMENT) {
    return { source: '', options: [`--data-raw ${word(text)}`], notes: [] };
  }
  return { source: printf(text), options: ['--data-binary @-'], notes: [] };
}

/** @param {string} base64 @returns {CurlBody} */
function bytesOf(base64) {
  let bytes;
  try {
    bytes = atob(base64);
  } catch {
    return nothing('Left out, for it is no base64: the body.');
  }
  if (hasMask(bytes)) return nothing('Left out, for the log has masks in it: the body.');
  const source = `printf %s ${word(base64.replace(/\s/g, ''))} | base64 --decode`;
  return { source, options: ['--data-binary @-'], notes: [] };
}

/** @param {Param[]} params @returns {CurlBody} */
function formOf(params) {
  const [shown, masked] = divided(params);
  const form = new URLSearchParams(shown.map(({ name, value }) => [name, value]));
  const body = shown.length === 0 ? nothing() : sent(form.toString());
  body.notes.push(...maskedFields(masked));
  return body;
}

/**
 * A file is a placeholder: its name came from a client, and may be that of a file of the reader's. curl
 * would take a name with `=` for a name and a value, which may begin with `@`.
 *
 * @param {Param[]} params
 * @returns {CurlBody}
 */
function partsOf(params) {
  const [shown, masked] = divided(params);
  const odd = shown.filter(({ name, value }) => /[=\0\r\n]/.test(name) || value.includes('\0'));
  const plain = shown.filter((param) => !odd.includes(param));
  const files = plain.filter(({ fileName }) => fileName !== undefined);
  const options = plain.map(({ name, value, fileName }) =>
    fileName === undefined
      ? `--form-string ${word(`${name}=${value}`)}`
      : `--form ${word(`${name}=@${FILE}`)}`,
  );
  const notes = maskedFields(masked);
  if (odd.length > 0) notes.push(`Left out, for curl cannot send them: ${namesOf(odd)}.`);
  if (files.length > 0) notes.push(`${FILE} stands for a file of yours: ${namesOf(files)}.`);
  return { source: '', options, notes };
}

/** Those without and with a mask. @param {Param[]} params @returns {[Param[], Param[]]} */
function divided(params) {
  /** @param {Param} param */
  const isMasked = ({ name, value, fileName }) =>
    hasMask(name) || (fileName === undefined && hasMask(value)) || /^\[REDACTED/.test(value);
  return [params.filter((param) => !isMasked(param)), params.filter(isMasked)];
}

/** @param {Param[]} masked */
function maskedFields(masked) {
  return masked.length === 0 ? [] : [`Left out, for the log has only masks: ${namesOf(masked)}.`];
}

/** @param {Param[]} params */
function namesOf(params) {
  return `fields ${params.map(({ name }) => name.replaceAll('\0', '')).join(', ')}`;
}
