import { bodyOf, isMultipart } from './curl-body.mjs';
import { hasMask, PLACEHOLDER, urlWithoutMasks } from './masks.mjs';
import { word } from './shell-word.mjs';

/** @typedef {import('../../received-log').ReceivedEntry} Entry */

/** What curl says by itself; to say it again would break the request. */
const LEFT_OUT =
  /^(host|content-length|connection|transfer-encoding|keep-alive|accept-encoding|expect|trailer|te|upgrade|http2-settings)$/i;
/** The log has a body as it was before these. */
const DECODED =
  /^[\s,]*(?:(?:x-)?gzip|deflate|br|zstd)(?:[\s,]+(?:(?:x-)?gzip|deflate|br|zstd))*[\s,]*$/i;
/** RFC 9110 §5.6.2. A header that begins with `@` would be a file for curl. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** curl knows other schemes, `file:` among them. */
const HTTP_URL = /^(https?:\/\/[^/?#\\\s]+)/i;

/**
 * The request as a command for sh, dash, bash and zsh: safe to paste whatever the log holds, and it reads no
 * file of the reader's. What is only a mask in the log is left out, or is a placeholder; lines that begin
 * with `:`, the command that does nothing, say so (`#` is no comment in an interactive zsh).
 *
 * @param {Entry} entry
 * @returns {string}
 */
export function toCurl({ request }) {
  const { method, headers, postData } = request;
  const [, origin] = HTTP_URL.exec(request.url) ?? [];
  if (origin === undefined || hasMask(origin))
    return note('No command: this is no http or https URL.');
  if (!TOKEN.test(method)) return note('No command: this is no method.');

  const url = encodedUrl(urlWithoutMasks(request.url));
  const notes = url === encodedUrl(request.url) ? [] : [urlNote(url)];
  const body = bodyOf(method === 'HEAD' ? undefined : postData);
  if (method === 'HEAD' && postData !== undefined) {
    body.notes.push('Left out, for curl sends none with HEAD: the body.');
  }
  const fields = fieldsOf(headers, postData);
  const source = body.source === '' ? '' : `${body.source} | \\\n  `;
  const parts = [`${source}curl ${word(url)}`];
  if (method === 'HEAD') parts.push('--head');
  else if (method !== (body.options.length > 0 ? 'POST' : 'GET')) {
    parts.push(`--request ${word(method)}`);
  }
  if (/[[\]{}]/.test(url)) parts.push('--globoff');
  if (/\/(?:\.|%2e){1,2}(?:[/?#]|$)/i.test(url)) parts.push('--path-as-is');
  parts.push(...fields.options);
  if (headers.some(({ name }) => /^accept-encoding$/i.test(name))) parts.push('--compressed');
  parts.push(...body.options);
  return [...[...notes, ...fields.notes, ...body.notes].map(note), parts.join(' \\\n  ')].join(
    '\n',
  );
}

/**
 * @param {Entry['request']['headers']} headers
 * @param {Entry['request']['postData']} postData
 */
function fieldsOf(headers, postData) {
  const options = [];
  const masked = [];
  const unsafe = [];
  for (const { name, value: given } of headers) {
    const value = given.trim();
    if (LEFT_OUT.test(name)) continue;
    if (/^content-encoding$/i.test(name) && DECODED.test(value)) continue;
    // curl names the boundary that it makes.
    if (postData !== undefined && isMultipart(postData) && /^content-type$/i.test(name)) continue;
    if (!TOKEN.test(name) || /[\0\r\n]/.test(value)) unsafe.push(name);
    else if (hasMask(name) || hasMask(value)) masked.push(name);
    // `name:` would keep curl from sending the field.
    else
      options.push(`--header ${word(value === '' ? `${name};` : `${name}: ${value}`, 'latin1')}`);
  }
  const notes = [];
  if (masked.length > 0) notes.push(`Left out, for the log has only masks: ${list(masked)}.`);
  if (unsafe.length > 0) notes.push(`Left out, for they are no header fields: ${list(unsafe)}.`);
  return { options, notes };
}

/** @param {string[]} names */
function list(names) {
  return `headers ${names.map((name) => name.replaceAll('\0', '')).join(', ')}`;
}

/** What is no character of a URL is percent-encoded. @param {string} url */
function encodedUrl(url) {
  return url.replace(/\p{Cs}/gu, '\ufffd').replace(/[^!-~]+/g, encodeURIComponent);
}

/** @param {string} url */
function urlNote(url) {
  return url.includes(PLACEHOLDER)
    ? `${PLACEHOLDER} stands where the URL has a mask in the log.`
    : 'Left out, for the log has only masks: parts of the query.';
}

/** @param {string} text */
function note(text) {
  return `: ${word(text)}`;
}
