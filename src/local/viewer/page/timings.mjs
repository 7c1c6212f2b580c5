import { h } from './dom.mjs';
import { duration } from './format.mjs';

const PHASES = /** @type {const} */ ([
  ['send', 'Sending'],
  ['wait', 'To the response head'],
  ['receive', 'To the end of the body'],
]);

/**
 * Where the time of an exchange went, as a bar.
 *
 * @param {import('./entry.mjs').Entry} entry
 */
export function timingsView({ timings, time }) {
  const bar = h('div', { class: 'timing-bar', 'aria-hidden': 'true' });
  const legend = h('ul', { class: 'timing-legend' });
  const total = Math.max(1, timings.send + timings.wait + timings.receive);
  for (const [phase, name] of PHASES) {
    const value = timings[phase];
    if (value <= 0 && phase === 'send') continue;
    const part = h('span', { 'data-phase': phase });
    part.style.flexGrow = String(Math.max(0, value) / total);
    if (value > 0) bar.append(part);
    legend.append(h('li', { 'data-phase': phase }, name, h('b', {}, duration(Math.max(0, value)))));
  }
  legend.append(h('li', { class: 'timing-total' }, 'Total', h('b', {}, duration(time))));
  return h('section', { class: 'timings', 'aria-label': 'Timings' }, bar, legend);
}
