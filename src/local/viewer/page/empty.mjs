import { copyButton } from './clipboard.mjs';
import { h } from './dom.mjs';

/** How to connect an application, for as long as there is no log. */
export function emptyView() {
  const settings = `README_METRICS_SERVER=${location.origin} \\\nREADME_API_KEY=any-key \\\nREADME_BUFFER_LENGTH=1`;
  return h(
    'div',
    { class: 'empty-box' },
    h('div', { class: 'pulse', 'aria-hidden': 'true' }),
    h('h2', {}, 'Waiting for the first log'),
    h(
      'p',
      { class: 'empty-lead' },
      'Send the logs of an application here, then send it a request.',
    ),
    command(
      'No line for ReadMe in your code',
      `${settings} \\\nnode --require readme-metrics-opentelemetry/register app.js`,
    ),
    command('ReadmeInstrumentation in your code', `${settings} \\\nnode app.js`),
    h(
      'p',
      { class: 'empty-note' },
      'Any API key will do. ',
      h('code', {}, 'README_BUFFER_LENGTH=1'),
      ' sends each log at once; without it the first ones take 2 seconds. Nothing leaves this machine.',
    ),
  );
}

/** @param {string} title @param {string} text */
function command(title, text) {
  return h(
    'section',
    { class: 'command', 'aria-label': title },
    h(
      'div',
      { class: 'command-head' },
      h('h3', {}, title),
      copyButton('Copy', () => text, 'link'),
    ),
    h('pre', { class: 'code', tabindex: 0 }, text),
  );
}

/** What stands in place of a log until one is selected. */
export function noSelectionView() {
  /** @param {string} keys @param {string} what */
  const hint = (keys, what) =>
    h(
      'li',
      {},
      h('span', { class: 'keys' }, ...keys.split(' ').map((key) => h('kbd', {}, key))),
      what,
    );
  return h(
    'div',
    { class: 'no-selection' },
    h('p', {}, 'Select a log to see all of it'),
    h(
      'ul',
      { class: 'hints' },
      hint('↑ ↓', 'previous, next'),
      hint('/', 'search'),
      hint('Enter', 'into the log'),
      hint('Esc', 'back to the list'),
    ),
  );
}
