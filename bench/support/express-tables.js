'use strict';

const { EXPRESS_VARIANTS } = require('./express-variants');
const { format, table } = require('./print');

const percent = (share, decimals) => `${format(share * 100, decimals)} %`;

/** The cells of a variant: figures of a phase as text. */
function cellsOf(figures, variant, phase) {
  const isBare = variant === 'bare';
  const show = (number, render) => (number === undefined ? 'n/a' : render(number));
  const numberOf = (name, decimals) =>
    show(figures.of(variant, `${phase}.${name}`), (number) => format(number, decimals));
  return {
    label: EXPRESS_VARIANTS[variant].label,
    number: numberOf,
    range: (name, decimals) => figures.withRange(variant, `${phase}.${name}`, decimals),
    added: (name, decimals = 0) =>
      isBare
        ? ''
        : show(figures.added(variant, `${phase}.${name}`), (more) => format(more, decimals)),
    share: (name) => show(figures.share(variant, `${phase}.${name}`), (share) => percent(share, 0)),
    /** Of the requests; a variant that logs nothing has no logs. */
    ofRequests: (name) =>
      EXPRESS_VARIANTS[variant].logs
        ? show(figures.of(variant, `${phase}.${name}`), (share) => percent(share, 1))
        : '–',
    ifLogs: (name, decimals) => (EXPRESS_VARIANTS[variant].logs ? numberOf(name, decimals) : '–'),
  };
}

const CPU_HEADER = ['CPU µs a request, all threads', 'added', 'main thread', 'added', 'it waits'];
const cpuCells = ({ range, added, number }) => [
  ...[range('cpu'), added('cpu'), range('main'), added('main')],
  number('waited'),
];

const LOGS_HEADER = ['logs received', 'with both bodies'];
const logCells = ({ ofRequests }) => [ofRequests('logged'), ofRequests('whole')];

function fixedTable(figures, variants) {
  const header = [
    ...['server', 'requests/s', ...CPU_HEADER, 'p50 ms', 'p99 ms', 'peak RSS MiB'],
    ...[...LOGS_HEADER, 'logs a send', 'KiB a log'],
  ];
  const rows = variants.map((variant) => {
    const cells = cellsOf(figures, variant, 'fixed');
    const times = [cells.number('p50', 2), cells.number('p99', 2), cells.number('rss')];
    return [
      ...[cells.label, cells.number('perSecond')],
      ...[...cpuCells(cells), ...times, ...logCells(cells)],
      cells.ifLogs('logsPerSend', 1),
      cells.ifLogs('kibOfLog', 1),
    ];
  });
  return table(header, rows);
}

function delayTable(figures, variants) {
  const header = ['server', 'loop delay p99 ms', 'added', 'longest ms', 'added', ...LOGS_HEADER];
  const rows = variants.map((variant) => {
    const cells = cellsOf(figures, variant, 'watched');
    const p99 = [cells.range('delayP99', 1), cells.added('delayP99', 1)];
    const longest = [cells.range('delayMax', 1), cells.added('delayMax', 1)];
    return [cells.label, ...p99, ...longest, ...logCells(cells)];
  });
  return table(header, rows);
}

function saturatedTable(figures, variants) {
  const header = [
    ...['server', 'requests/s', 'of bare', ...CPU_HEADER, 'p50 ms', 'p99 ms', 'peak RSS MiB'],
    ...LOGS_HEADER,
  ];
  const rows = variants.map((variant) => {
    const cells = cellsOf(figures, variant, 'saturated');
    const times = [cells.number('p50', 1), cells.range('p99', 1), cells.number('rss')];
    return [
      ...[cells.label, cells.range('perSecond'), cells.share('perSecond')],
      ...[...cpuCells(cells), ...times, ...logCells(cells)],
    ];
  });
  return table(header, rows);
}

module.exports = { delayTable, fixedTable, saturatedTable };
