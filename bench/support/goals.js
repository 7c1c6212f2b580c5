'use strict';

const { format, table } = require('./print');

const percent = (share) => `${format(share * 100, share > 0.995 && share < 1 ? 2 : 0)} %`;
const micros = (number) => `${format(number)} µs`;
const millis = (number) => `${format(number, 1)} ms`;
const perSecond = (number) => `${format(number)}/s`;

/**
 * A goal: `load`, `name`, `measure(figures, variant)` the figure and `limit(figures)` what it is held
 * against; both may be `undefined` where something was not measured.
 */
const GOALS = [
  ...cpuGoals('1kb', { all: 50, main: 25, ofReadmeio: 1 / 3 }),
  below('1kb', 'CPU added, all threads: less than HttpInstrumentation', micros, {
    measure: (figures, variant) => figures.added(variant, 'fixed.cpu'),
    limit: (figures) => figures.added('otel', 'fixed.cpu'),
  }),
  ...cpuGoals('61kb', { all: 450, main: 120, ofReadmeio: 1 / 4 }),
  ofReadmeio('1mb', 1 / 4),
  below('1mb', 'longest delay of the event loop, added', millis, {
    measure: (figures, variant) => figures.added(variant, 'watched.delayMax'),
    limit: () => 5,
  }),
  ...['1kb', '61kb'].flatMap((load) => [
    above(load, "saturated: share of the bare server's requests/s", percent, {
      measure: (figures, variant) => figures.share(variant, 'saturated.perSecond'),
      limit: () => 0.85,
    }),
    everyBody(load),
  ]),
  above('1kb-1cpu', 'requests/s, at least those of HttpInstrumentation', perSecond, {
    measure: (figures, variant) => figures.of(variant, 'saturated.perSecond'),
    limit: (figures) => figures.of('otel', 'saturated.perSecond'),
  }),
  below('1kb-1cpu', "p99, at most twice the bare server's", millis, {
    measure: (figures, variant) => figures.of(variant, 'saturated.p99'),
    limit: (figures) => times(2, figures.of('bare', 'saturated.p99')),
  }),
  everyBody('1kb-1cpu'),
  above('61kb-1cpu', 'requests/s, at least twice those of readmeio', perSecond, {
    measure: (figures, variant) => figures.of(variant, 'saturated.perSecond'),
    limit: (figures) => times(2, figures.of('readmeio', 'saturated.perSecond')),
  }),
  everyBody('61kb-1cpu'),
];

function times(factor, number) {
  return number === undefined ? undefined : factor * number;
}

function below(load, name, show, { measure, limit }) {
  return { load, name, show, measure, limit, bound: 'at most', isMet: (a, b) => a <= b };
}

function above(load, name, show, { measure, limit }) {
  return { load, name, show, measure, limit, bound: 'at least', isMet: (a, b) => a >= b };
}

function cpuGoals(load, { all, main, ofReadmeio: share }) {
  const added = (name, figure, limit) =>
    below(load, name, micros, {
      measure: (figures, variant) => figures.added(variant, figure),
      limit: () => limit,
    });
  return [
    added('CPU added, all threads', 'fixed.cpu', all),
    added('CPU added, main thread', 'fixed.main', main),
    ofReadmeio(load, share),
  ];
}

function ofReadmeio(load, share) {
  return below(load, 'CPU added, all threads: share of what readmeio adds', percent, {
    measure(figures, variant) {
      const [own, readmeio] = [variant, 'readmeio'].map((one) => figures.added(one, 'fixed.cpu'));
      return own === undefined || readmeio === undefined ? undefined : own / readmeio;
    },
    limit: () => share,
  });
}

function everyBody(load) {
  return above(load, 'saturated: logs with both bodies', percent, {
    measure: (figures, variant) => figures.of(variant, 'saturated.whole'),
    limit: () => 1,
  });
}

/**
 * What was measured of each goal, as Markdown.
 *
 * @param {Map<string, Figures>} figuresByLoad
 * @param {string[]} variants those that goals are for and that were measured.
 * @param {(load: string) => string} labelOf
 */
function goalsTable(figuresByLoad, variants, { labelOfLoad, labelOfVariant }) {
  const cells = ({ show, measure, limit, isMet }, figures, variant) => {
    const [figure, bound] = [measure(figures, variant), limit(figures)];
    if (figure === undefined || bound === undefined) return ['not measured', '–'];
    return [show(figure), isMet(figure, bound) ? 'yes' : '**no**'];
  };
  const rows = GOALS.filter(({ load }) => figuresByLoad.has(load)).map((goal) => {
    const figures = figuresByLoad.get(goal.load);
    const bound = goal.limit(figures);
    return [
      `${labelOfLoad(goal.load)}: ${goal.name}`,
      bound === undefined ? 'not measured' : `${goal.bound} ${goal.show(bound)}`,
      ...variants.flatMap((variant) => cells(goal, figures, variant)),
    ];
  });
  const names = variants.flatMap((variant) => [labelOfVariant(variant), 'met']);
  return table(['', 'goal', ...names], rows);
}

module.exports = { goalsTable };
