import type { Policy } from '../../src/redaction/policy';
import { entryOf, fields, type SampleParts, sampleExchange } from './sample-exchanges';

/** A value that no log has by chance. */
export const VALUE = 'the-value-of-it';

const NAME = 'token';
const QUERY = `${NAME}=${VALUE}`;
const MEMBER = `{"${NAME}":"${VALUE}"}`;

/** What becomes of a value: it is sent, hidden under its name, masked, or left out with its name. */
export type Fate = 'sent' | 'hidden' | 'masked' | 'left out';

function body(type: string, text: string): SampleParts {
  return {
    request: {
      method: 'POST',
      url: 'https://h/',
      headers: fields({ 'Content-Type': type }),
      body: { size: Buffer.byteLength(text), text },
    },
  };
}

function url(path: string): SampleParts {
  return { request: { url: `https://h${path}` } };
}

function requestHeader(name: string, value: string): SampleParts {
  return { request: { url: 'https://h/', headers: fields({ [name]: value }) } };
}

function responseHeader(name: string, value: string): SampleParts {
  return { request: { url: 'https://h/' }, response: { headers: fields({ [name]: value }) } };
}

function part(head: string, content: string): string {
  return `--b\r\nContent-Disposition: form-data; ${head}\r\n\r\n${content}\r\n--b--\r\n`;
}

const JSON_TYPE = 'application/json';
const FORM = 'application/x-www-form-urlencoded';
const MULTIPART = 'multipart/form-data; boundary=b';
const SIGNED = `https://h/f?a=1&${QUERY}`;

/** An exchange for each place in which a value may stand, with the value in that place alone. */
export const PLACES: Readonly<Record<string, SampleParts>> = {
  'JSON, top level': body(JSON_TYPE, MEMBER),
  'JSON, an object in a root array': body(JSON_TYPE, `[${MEMBER}]`),
  'JSON, nested': body(JSON_TYPE, `{"a":${MEMBER}}`),
  'JSON, an object in a nested array': body(JSON_TYPE, `{"a":[${MEMBER}]}`),
  'GraphQL, `variables`': body(JSON_TYPE, `{"query":"{me}","variables":${MEMBER}}`),
  'GraphQL, in the text of the query': body(
    JSON_TYPE,
    JSON.stringify({ query: `{me(${NAME}:"${VALUE}")}` }),
  ),
  'JSON, in a text that is JSON': body(JSON_TYPE, JSON.stringify({ a: MEMBER })),
  'JSON, in the query of a URL': body(JSON_TYPE, JSON.stringify({ a: SIGNED })),
  'JSON, a form in a text': body(JSON_TYPE, JSON.stringify({ a: `a=1&${QUERY}` })),
  'newline-delimited JSON, nested': body('application/x-ndjson', `{"a":${MEMBER}}\n`),
  'server-sent events, nested': body('text/event-stream', `data: {"a":${MEMBER}}\n\n`),
  'query of the URL': url(`/?a=1&${QUERY}`),
  'query, `a[token]=`': url(`/?a[${NAME}]=${VALUE}`),
  'query, JSON as a value': url(`/?variables=${encodeURIComponent(MEMBER)}`),
  'query, a URL as a value': url(`/?to=${encodeURIComponent(SIGNED)}`),
  'fragment of a URL': responseHeader('Location', `https://h/#${QUERY}`),
  'path of the URL': url(`/${NAME}/${VALUE}`),
  'form field': body(FORM, `a=1&${QUERY}`),
  'form field `a[token]`': body(FORM, `a[${NAME}]=${VALUE}`),
  'form, JSON as a value': body(FORM, `a=${encodeURIComponent(MEMBER)}`),
  'multipart field': body(MULTIPART, part(`name="${NAME}"`, VALUE)),
  'multipart, JSON as a value': body(MULTIPART, part('name="a"', MEMBER)),
  'multipart, an uploaded text': body(MULTIPART, part(`name="${NAME}"; filename="f"`, VALUE)),
  'header field `Token`': requestHeader('Token', VALUE),
  '`Cookie`': requestHeader('Cookie', QUERY),
  '`Set-Cookie`': responseHeader('Set-Cookie', `${QUERY}; Path=/`),
  '`Referer`, query': requestHeader('Referer', SIGNED),
  '`Location`, query': responseHeader('Location', SIGNED),
  '`Link` and other headers, query': responseHeader('Link', `<${SIGNED}>; rel=next`),
  'text or HTML, query of a URL in it': body('text/plain', `see ${SIGNED} there`),
  'text, a form in it': body('text/plain', QUERY),
  'text, any': body('text/plain', `${NAME} is ${VALUE}`),
  XML: body('application/xml', `<a><${NAME}>${VALUE}</${NAME}></a>`),
};

/** What becomes of the value in a place. */
export function fateOf(place: string, policy: Policy): Fate {
  const sample = sampleExchange(PLACES[place]);
  const log = JSON.stringify(entryOf({ ...sample, callerKey: 'anonymous' }, policy));
  // A file is shown as base64.
  if (log.includes(VALUE) || log.includes(Buffer.from(VALUE).toString('base64'))) return 'sent';
  if (log.includes('sha512-')) return 'masked';
  return /REDACTED/.test(log) ? 'hidden' : 'left out';
}
