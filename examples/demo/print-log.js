'use strict';

const COLOURS = process.stdout.isTTY === true && !process.env.NO_COLOR;
const LONGEST_BODY_LINES = 12;

const style = (code) => (text) => (COLOURS ? `\x1b[${code}m${text}\x1b[0m` : text);
const bold = style(1);
const dim = style(2);
const red = style(31);
const green = style(32);
const yellow = style(33);

/** Prints a log as ReadMe received it. */
function printLog(log) {
  const [entry] = log.request.log.entries;
  const { request, response } = entry;
  const { pathname, search } = new URL(request.url);
  const status = `${response.status} ${response.statusText}`.trim();
  const title = `${request.method} ${pathname}${search}`;

  console.log(
    `  ${bold(marked(title))}  ${(response.status < 400 ? green : red)(status)}  ${entry.time} ms`,
  );
  line('route', entry.pageref);
  line('caller', caller(log.group));
  for (const { name, value } of hidden(request.headers)) line('header', `${name}: ${value}`);
  if (request.postData !== undefined) {
    body(
      'request',
      request.postData.mimeType,
      contentOf(request.postData),
      request.postData.comment,
    );
  }
  for (const { name, value } of hidden(response.headers)) line('header', `${name}: ${value}`);
  body(
    'response',
    response.content.mimeType,
    response.content.text ?? '',
    response.content.comment,
  );
  for (const remark of entry.comment?.split('; ') ?? []) line('comment', remark);
  console.log();
}

/** Label, address, and the masked key: long enough to tell two callers apart. */
function caller({ id, label, email }) {
  const address = email === undefined ? '' : ` <${email}>`;
  return `${label ?? 'no label'}${address}, ${shortened(id)}`;
}

/** The headers that are not as they were sent. */
function hidden(headers) {
  return headers.filter(({ value }) => value !== marked(value, (text) => `*${text}`));
}

/** The text of a body, or the fields of a form. */
function contentOf({ text, params }) {
  if (params === undefined) return text ?? '';
  return params.map(({ name, value }) => `${name} = ${value}`).join('\n');
}

function body(side, mimeType, text, comment) {
  line(side, comment === undefined ? mimeType : `${mimeType} (${comment})`);
  const lines = pretty(text).split('\n');
  if (lines.at(-1) === '') lines.pop();
  for (const text of lines.slice(0, LONGEST_BODY_LINES)) console.log(`            ${marked(text)}`);
  const more = lines.length - LONGEST_BODY_LINES;
  if (more > 0) console.log(dim(`            and ${more} more lines`));
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function line(name, text) {
  console.log(`  ${dim(name.padEnd(8))}  ${marked(text)}`);
}

/** Shortens masks, and makes masks and redactions stand out. */
function marked(text, mark = yellow) {
  return text
    .replace(/\[REDACTED[^\]]*\]|%5BREDACTED.*?%5D/g, (redacted) => mark(redacted))
    .replace(/sha512-[A-Za-z0-9+/=]{88}\?.{0,4}/g, (masked) => mark(shortened(masked)));
}

function shortened(masked) {
  return masked.replace(/^(sha512-.{8}).*(\?.{0,4})$/, '$1…$2');
}

module.exports = { bold, dim, green, printLog, red };
