'use strict';

const { format } = require('./print');

const KB = 1024;
const MB = 1_000_000;
const LOOP_DELAY_MILLIS = 5;

const percent = (share) => `${format(share * 100)} %`;
const micros = (number) => `${format(number)} µs`;
const millis = (number) => `${format(number, 1)} ms`;

/** What ReadMe's SDK had when the goals were set is `reference`. */
const GOALS = [
  throughput(KB, 0.95, 0.46),
  throughput(64 * KB, 0.9, 0.34),
  ...cpu(KB, 40, 144),
  ...cpu(64 * KB, 450, 1691),
  ...[KB, 64 * KB, MB].map(loopDelay),
];

function throughput(bodyBytes, least, reference) {
  return {
    bodyBytes,
    name: "share of the bare server's requests/s",
    goal: `at least ${percent(least)}`,
    reference: percent(reference),
    figure: (figures, variant) => figures.share(variant, 'fastest'),
    show: percent,
    isMet: (share) => share >= least,
  };
}

function cpu(bodyBytes, most, reference) {
  const at = (moment, name) => ({
    bodyBytes,
    name: `CPU a request that all threads add ${moment}`,
    goal: `at most ${micros(most)}`,
    reference: micros(reference),
    figure: (figures, variant) => figures.added(variant, name),
    show: micros,
    isMet: (added) => added <= most,
  });
  return [at('at the fixed rate', 'cpuMicros'), at('at saturation', 'fastestCpuMicros')];
}

function loopDelay(bodyBytes) {
  return {
    bodyBytes,
    name: 'longest delay of the event loop, added',
    goal: `at most ${millis(LOOP_DELAY_MILLIS)}`,
    reference: '–',
    figure: (figures, variant) => figures.added(variant, 'delayMax'),
    show: millis,
    isMet: (added) => added <= LOOP_DELAY_MILLIS,
  };
}

/** Header and rows that show, of what was measured, each goal and whether it was met. */
function goalsTable(figuresBySize, labelOfSize) {
  const cell = (goal, figures, variant) => {
    if (!figures.has(variant)) return ['not measured', '–'];
    const figure = goal.figure(figures, variant);
    if (figure === undefined) return ['not measured', '–'];
    return [goal.show(figure), goal.isMet(figure) ? 'yes' : '**no**'];
  };
  const rows = GOALS.filter(({ bodyBytes }) => figuresBySize.has(bodyBytes)).map((goal) => {
    const figures = figuresBySize.get(goal.bodyBytes);
    return [
      `${labelOfSize(goal.bodyBytes)}: ${goal.name}`,
      goal.goal,
      ...cell(goal, figures, 'worker'),
      ...cell(goal, figures, 'no-worker'),
      cell(goal, figures, 'readmeio')[0],
      goal.reference,
    ];
  });
  const header = ['', 'goal', 'worker on', 'met', 'worker off', 'met', 'readmeio'];
  return { header: [...header, 'readmeio when the goal was set'], rows };
}

module.exports = { goalsTable };
