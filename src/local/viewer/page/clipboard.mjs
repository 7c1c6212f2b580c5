import { h } from './dom.mjs';

const SHOWN_MILLIS = 1600;

/**
 * A button that copies. It has room for either of its labels, so that nothing moves when it is
 * pressed.
 *
 * @param {string} label
 * @param {() => string} textOf
 * @param {string} [className]
 */
export function copyButton(label, textOf, className = 'button') {
  const done = h('span', { class: 'copy-done', role: 'status' });
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const button = h(
    'button',
    {
      class: `${className} copy`,
      type: 'button',
      click: async () => {
        const copied = await copy(textOf());
        done.textContent = copied ? 'Copied' : 'Not allowed';
        button.classList.add('copied');
        clearTimeout(timer);
        timer = setTimeout(() => {
          button.classList.remove('copied');
          done.textContent = '';
        }, SHOWN_MILLIS);
      },
    },
    h('span', { class: 'copy-label' }, label),
    done,
  );
  return button;
}

/** @param {string} text */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
