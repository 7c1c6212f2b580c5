'use strict';

/** Settings of whoever runs the benchmark, which must not change what is measured. */
const FOREIGN = /^(README_|OTEL_|NODE_OPTIONS$)/;

/** The environment of a process that is measured: that of this one, with these settings and no others. */
function environmentWith(settings) {
  const kept = Object.entries(process.env).filter(([name]) => !FOREIGN.test(name));
  return { ...Object.fromEntries(kept), NODE_ENV: 'production', ...settings };
}

/** @param {string} worker `true` or `false`. */
function environmentWithWorker(worker) {
  return environmentWith({ README_BACKGROUND_WORKER_MODE: worker });
}

module.exports = { environmentWith, environmentWithWorker };
