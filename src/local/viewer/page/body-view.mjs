import { copyButton } from './clipboard.mjs';
import { h } from './dom.mjs';
import { size, whole } from './format.mjs';
import { jsonTokens } from './json-tokens.mjs';
import { markedText } from './marked-text.mjs';

/** Characters above which a body is shown in part, until it is asked for. */
const MOST_CHARACTERS = 100_000;
/** Values and names above which JSON gets no colours: each would be an element. */
const MOST_COLOURED = 6000;
/** Characters above which JSON is not laid out: brackets within brackets can make it so long. */
const MOST_LAID_OUT = 1_000_000;

/**
 * @typedef {object} Body
 * @property {string} mimeType
 * @property {string | undefined} text undefined: none was sent
 * @property {import('../../../har/har').HarParam[]} [params]
 * @property {string | undefined} [encoding]
 * @property {string | undefined} [comment]
 * @property {number} bytes on the wire
 */

/** @param {Body} body */
export function bodyView(body) {
  const { mimeType, text, params, encoding, comment, bytes } = body;
  if (!text && !params?.length && !comment) return h('p', { class: 'none' }, 'No body');
  const about = [mimeType || 'no media type', encoding, size(bytes)].filter(Boolean).join(' · ');
  return h(
    'div',
    { class: 'body' },
    h(
      'div',
      { class: 'body-head' },
      h('span', { class: 'body-about' }, about),
      text ? copyButton('Copy', () => text, 'link') : undefined,
    ),
    comment ? h('p', { class: 'remark' }, comment) : undefined,
    params ? paramsView(params) : text ? textView(text) : undefined,
  );
}

/** @param {string} text */
function textView(text) {
  const pre = h('pre', { class: 'code', tabindex: 0 });
  if (text.length <= MOST_CHARACTERS) {
    pre.append(codeOf(text));
    return pre;
  }
  const more = h(
    'button',
    {
      class: 'button',
      type: 'button',
      click: () => {
        pre.textContent = text;
        more.remove();
      },
    },
    `Show all ${whole(text.length)} characters`,
  );
  pre.append(markedText(text.slice(0, MOST_CHARACTERS)), '…');
  return h('div', {}, pre, more);
}

/** Text of a body, laid out and coloured where it is JSON. @param {string} text */
export function codeOf(text) {
  const tokens = jsonTokens(text);
  if (tokens === undefined) return markedText(text);
  const laidOut = tokens.map((token) => token.text).join('');
  if (laidOut.length > MOST_LAID_OUT) return markedText(text);
  const coloured = tokens.filter(({ kind }) => kind !== 'space' && kind !== 'mark').length;
  if (coloured > MOST_COLOURED) return markedText(laidOut);
  const fragment = document.createDocumentFragment();
  for (const { kind, text: token } of tokens) {
    if (kind === 'space' || kind === 'mark') fragment.append(token);
    else fragment.append(h('span', { class: `json-${kind}` }, markedText(token)));
  }
  return fragment;
}

/** The fields of a form. @param {import('../../../har/har').HarParam[]} params */
function paramsView(params) {
  return pairsView(
    params.map(({ name, value, fileName, contentType, comment }) => ({
      name,
      value,
      remark: [fileName === undefined ? '' : `file ${fileName}`, contentType, comment]
        .filter(Boolean)
        .join(' · '),
    })),
  );
}

/**
 * Names and values in two columns.
 *
 * @param {{ name: string, value: string, remark?: string }[]} pairs
 */
export function pairsView(pairs) {
  const list = h('dl', { class: 'pairs' });
  for (const { name, value, remark } of pairs) {
    const shown = value.length > MOST_CHARACTERS ? `${value.slice(0, MOST_CHARACTERS)}…` : value;
    list.append(
      h(
        'div',
        {},
        h('dt', {}, markedText(name)),
        h(
          'dd',
          {},
          markedText(shown),
          remark ? h('span', { class: 'pair-remark' }, remark) : undefined,
        ),
      ),
    );
  }
  return list;
}
