'use strict';

const { EXPRESS_VARIANTS } = require('./express-variants');
const { format, table } = require('./print');

const or = (number, show) => (number === undefined ? '–' : show(number));

/** Rows begin with the name of the variant; a variant that logs nothing has no logs to tell of. */
function rowsOf(figures, variants, cells) {
  return variants.map((variant) => {
    const { label, logs } = EXPRESS_VARIANTS[variant];
    const logged = (name) => (logs ? `${format(figures.of(variant, name) * 100, 1)} %` : '–');
    const added = (name, decimals) =>
      variant === 'bare' ? '' : or(figures.added(variant, name), (more) => format(more, decimals));
    return [label, ...cells(variant, { added, logged })];
  });
}

function fixedRateTable(figures, variants) {
  const header = ['server', 'CPU µs/request', 'added', 'p50 ms', 'p99 ms'];
  const delay = ['loop delay p99 ms', 'longest ms', 'added'];
  const rows = rowsOf(figures, variants, (variant, { added, logged }) => [
    figures.withRange(variant, 'cpuMicros'),
    added('cpuMicros', 0),
    format(figures.of(variant, 'p50'), 2),
    format(figures.of(variant, 'p99'), 2),
    format(figures.of(variant, 'delayP99'), 1),
    figures.withRange(variant, 'delayMax', 1),
    added('delayMax', 1),
    format(figures.of(variant, 'rss')),
    logged('logged'),
    or(figures.of(variant, 'bytesOfLog') || undefined, (bytes) => format(bytes / 1024, 1)),
  ]);
  return table([...header, ...delay, 'RSS MiB', 'logs delivered', 'KiB a log'], rows);
}

function saturationTable(figures, variants) {
  const rows = rowsOf(figures, variants, (variant, { added, logged }) => [
    figures.withRange(variant, 'fastest'),
    or(figures.share(variant, 'fastest'), (share) => `${format(share * 100)} %`),
    figures.withRange(variant, 'fastestCpuMicros'),
    added('fastestCpuMicros', 0),
    format(figures.of(variant, 'fastestP99'), 1),
    format(figures.of(variant, 'peakRss')),
    logged('fastestLogged'),
  ]);
  const header = ['server', 'requests/s', 'of bare', 'CPU µs/request', 'added', 'p99 ms'];
  return table([...header, 'peak RSS MiB', 'logs delivered'], rows);
}

module.exports = { fixedRateTable, saturationTable };
