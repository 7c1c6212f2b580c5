import { h, visible } from './dom.mjs';
import { pieces } from './marks.mjs';

const MEANING = {
  redacted: 'Redacted: the value did not leave the application',
  masked: 'Masked: a hash of the value and its last 4 characters',
};

/**
 * Text with what was redacted or masked made visible. A mask is shown shortened; its title and the
 * raw JSON have it in full.
 *
 * @param {string} text
 * @returns {DocumentFragment}
 */
export function markedText(text) {
  const fragment = document.createDocumentFragment();
  for (const { text: piece, kind } of pieces(text)) {
    if (kind === '') {
      fragment.append(visible(piece));
    } else {
      const shown = kind === 'masked' ? shortened(piece) : piece;
      const title = shown === piece ? MEANING[kind] : `${MEANING[kind]}: ${piece}`;
      fragment.append(h('mark', { class: kind, title }, shown));
    }
  }
  return fragment;
}

/** @param {string} mask */
function shortened(mask) {
  const end = mask.search(/\?|%3F/i);
  return `${mask.slice(0, 15)}…${mask.slice(end)}`;
}
