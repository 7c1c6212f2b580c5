import { bodyView, codeOf, pairsView } from './body-view.mjs';
import { copyButton } from './clipboard.mjs';
import { toCurl } from './curl.mjs';
import { h } from './dom.mjs';
import { entryOf } from './entry.mjs';
import { duration, moment, pathOf, size, statusKind } from './format.mjs';
import { markedText } from './marked-text.mjs';
import { timingsView } from './timings.mjs';

/**
 * @typedef {import('../../received-log').ReceivedLog} Log
 * @typedef {import('../../received-log').ReceivedEntry} Entry
 * @typedef {import('../log-summary').LogSummary} LogSummary
 */

/**
 * One log in full.
 *
 * @param {Log} log
 * @param {LogSummary} summary
 * @param {() => void} onBack
 */
export function detailView(log, summary, onBack) {
  const entry = entryOf(log);
  const { request, response } = entry;
  const { postData } = request;
  return h(
    'article',
    { class: 'detail' },
    headView(log, entry, summary, onBack),
    factsView(log, entry, summary),
    timingsView(entry),
    h(
      'section',
      { class: 'part', 'aria-label': 'Request' },
      h('h3', {}, 'Request'),
      request.queryString.length > 0 ? fold('Query', pairsView(request.queryString)) : undefined,
      fold(
        'Body',
        bodyView({
          mimeType: postData?.mimeType ?? '',
          text: postData?.text,
          ...(postData?.params && { params: postData.params }),
          comment: postData?.comment,
          bytes: request.bodySize,
        }),
      ),
      fold('Headers', pairsView(request.headers), request.headers.length),
    ),
    h(
      'section',
      { class: 'part', 'aria-label': 'Response' },
      h('h3', {}, 'Response'),
      fold(
        'Body',
        bodyView({ ...response.content, text: response.content.text, bytes: response.bodySize }),
      ),
      fold('Headers', pairsView(response.headers), response.headers.length),
    ),
    rawView(log),
  );
}

/** @param {Log} log @param {Entry} entry @param {LogSummary} summary @param {() => void} onBack */
function headView(log, entry, { n }, onBack) {
  const { request, response, comment = '' } = entry;
  const status =
    response.status === 0 ? 'No response' : `${response.status} ${response.statusText}`;
  const aborted = /^aborted[^;]*/.exec(comment)?.[0];
  return h(
    'header',
    { class: 'detail-head' },
    h('button', { class: 'link back', type: 'button', click: onBack }, '← All logs'),
    h(
      'h2',
      { title: request.url },
      h('span', { class: 'method', 'data-method': request.method }, request.method || '?'),
      h('span', { class: 'detail-path' }, markedText(pathOf(request.url))),
    ),
    h(
      'p',
      { class: 'detail-line' },
      h('span', { class: 'status large', 'data-kind': statusKind(response.status) }, status.trim()),
      h('span', {}, duration(entry.time)),
      h('span', {}, moment(Date.parse(entry.startedDateTime) || null)),
      log.development === true ? h('span', { class: 'tag' }, 'development') : undefined,
    ),
    aborted === undefined ? undefined : h('p', { class: 'remark' }, aborted),
    h(
      'div',
      { class: 'detail-actions' },
      copyButton('Copy as cURL', () => toCurl(entry)),
      copyButton('Copy URL', () => request.url),
      h(
        'a',
        { class: 'button', href: `/viewer/logs/${n}.har`, download: `log-${n}.har` },
        'Download .har',
      ),
    ),
  );
}

/** @param {Log} log @param {Entry} entry @param {LogSummary} summary */
function factsView(log, { request, response, comment = '', pageref }, summary) {
  const traceId = /\btrace-id: ([0-9a-f]{32})\b/.exec(comment)?.[1];
  const address = typeof log.clientIPAddress === 'string' ? log.clientIPAddress : '';
  const facts = h('dl', { class: 'facts' });
  /** @param {string} name @param {(Node | string | undefined)[]} values */
  const fact = (name, ...values) => {
    const item = h('div', {}, h('dt', {}, name), h('dd', {}, ...values));
    facts.append(item);
    return item;
  };
  /** @param {string} text */
  const mono = (text) => h('span', { class: 'mono' }, markedText(text));

  const caller = [
    h('span', { class: 'fact-name' }, markedText(summary.label || 'no label')),
    summary.email === '' ? undefined : h('span', {}, markedText(summary.email)),
    mono(summary.group),
  ];
  fact('Caller', ...caller).className = 'whole';
  fact('Route', mono(pathOf(pageref) || 'unknown'));
  fact('Client', mono(address || 'unknown'));
  fact('Request', sizesText(request));
  fact('Response', sizesText(response));
  /** @param {string} name @param {string} id */
  const idFact = (name, id) => {
    fact(
      name,
      mono(id),
      copyButton('Copy', () => id, 'link'),
    ).className = 'whole';
  };
  if (traceId !== undefined) idFact('Trace id', traceId);
  idFact('Log id', summary.id);
  return facts;
}

/** @param {{ headersSize: number, bodySize: number, httpVersion: string }} message */
function sizesText({ headersSize, bodySize, httpVersion }) {
  const head = headersSize < 0 ? '' : `, head ${size(headersSize)}`;
  return `body ${size(bodySize)}${head}${httpVersion === '' ? '' : `, ${httpVersion}`}`;
}

/** @param {string} title @param {Node} content @param {number} [count] */
function fold(title, content, count) {
  const number = count === undefined ? undefined : h('span', { class: 'fold-count' }, count);
  return h('details', { class: 'fold', open: true }, h('summary', {}, title, number), content);
}

/** The text is made when it is asked for: it may be long. @param {Log} log */
function rawView(log) {
  const pre = h('pre', { class: 'code', tabindex: 0 });
  const text = () => JSON.stringify(log, null, 2);
  const onToggle = () => {
    if (pre.firstChild === null) pre.append(text().length > 500_000 ? text() : codeOfRaw(text()));
  };
  return h(
    'details',
    { class: 'fold raw', toggle: onToggle },
    h('summary', {}, 'Raw JSON'),
    h(
      'div',
      { class: 'body-head' },
      h('span', {}, 'as ReadMe would get it'),
      copyButton('Copy', text, 'link'),
    ),
    pre,
  );
}

/** In full: the masks, too. @param {string} text */
function codeOfRaw(text) {
  const fragment = codeOf(text);
  for (const mark of fragment.querySelectorAll('mark.masked')) {
    const full = mark.getAttribute('title')?.split(': ').at(-1);
    if (full?.startsWith('sha512')) mark.textContent = full;
  }
  return fragment;
}
