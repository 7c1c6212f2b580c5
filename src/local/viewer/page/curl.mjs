/** @typedef {import('../../received-log').ReceivedEntry} Entry */

/** What curl says by itself; to say it again would break the request. */
const LEFT_OUT =
  /^(host|content-length|connection|transfer-encoding|keep-alive|accept-encoding|expect)$/i;
const HEADER_NAME = /^[!#$%&'*+\-.^_`|~\w]+$/;
/** Invisible characters could end a paste in a terminal and begin a command. */
const INVISIBLE = /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/**
 * The request as a command for bash and zsh. What was redacted or masked in the log is so in it.
 *
 * @param {Entry} entry
 * @returns {string}
 */
export function toCurl({ request }) {
  const { method, url, headers, postData } = request;
  const isMultipart = postData?.params !== undefined && /^multipart\//i.test(postData.mimeType);
  const hasBody = postData !== undefined;
  const isBase64 = /^base64\b/.test(postData?.comment ?? '');
  const text = postData?.text;
  const source = isBase64 ? `printf %s ${quoted(text ?? '')} | base64 --decode | \\\n  ` : '';
  const parts = [`${source}curl ${quoted(url)}`];

  if (method === 'HEAD') parts.push('--head');
  else if (method !== (hasBody ? 'POST' : 'GET')) parts.push(`--request ${quoted(method)}`);
  if (/[[\]{}]/.test(url)) parts.push('--globoff');
  for (const { name, value } of headers) {
    if (LEFT_OUT.test(name) || !HEADER_NAME.test(name)) continue;
    // curl names the boundary that it makes.
    if (isMultipart && /^content-type$/i.test(name)) continue;
    parts.push(`--header ${quoted(value === '' ? `${name};` : `${name}: ${value}`)}`);
  }
  if (headers.some(({ name }) => /^accept-encoding$/i.test(name))) parts.push('--compressed');

  if (postData?.params === undefined) {
    if (isBase64) parts.push('--data-binary @-');
    else if (text !== undefined) parts.push(`--data-raw ${quoted(text)}`);
  } else if (isMultipart) {
    for (const param of postData.params) parts.push(formPart(param));
  } else {
    const form = new URLSearchParams(postData.params.map(({ name, value }) => [name, value]));
    parts.push(`--data-raw ${quoted(form.toString())}`);
  }
  return parts.join(' \\\n  ');
}

/**
 * A file is a placeholder: its name came from a client, and may be that of a file of the reader's.
 *
 * @param {import('../../../har/har').HarParam} param
 */
function formPart({ name, value, fileName }) {
  if (fileName === undefined) return `--form-string ${quoted(`${name}=${value}`)}`;
  return `--form ${quoted(`${name}=@PATH_OF_THE_FILE`)}`;
}

/** @param {string} text */
function quoted(text) {
  if (!INVISIBLE.test(text)) return `'${text.replaceAll("'", "'\\''")}'`;
  const escaped = [...text].map((character) => {
    if (character === '\\' || character === "'") return `\\${character}`;
    if (character === '\n') return '\\n';
    if (character === '\0') return '';
    if (character !== '!' && !INVISIBLE.test(character)) return character;
    const code = /** @type {number} */ (character.codePointAt(0));
    return code < 0x80
      ? `\\x${code.toString(16).padStart(2, '0')}`
      : `\\U${code.toString(16).padStart(8, '0')}`;
  });
  return `$'${escaped.join('')}'`;
}
