'use strict';

const { readFileSync } = require('node:fs');

const SAMPLE_MILLIS = 20;

/** A field of /proc/<pid>/status in MiB; `undefined` for a process that is gone. Linux only. */
function memoryOf(pid, field) {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    const found = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status);
    return found === null ? undefined : Number(found[1]) / 1024;
  } catch {
    return undefined;
  }
}

/**
 * Watches the RSS of a process from outside, also when it has no time to answer. The system's own peak
 * (VmHWM) misses nothing between two samples.
 *
 * @param {() => void} onLimit called once when the peak is above `limitMiB`.
 */
function watchMemory(pid, { limitMiB = Number.POSITIVE_INFINITY, onLimit = () => {} } = {}) {
  let peak = 0;
  const sample = () => {
    peak = Math.max(peak, memoryOf(pid, 'VmHWM') ?? 0);
    if (peak <= limitMiB) return;
    clearInterval(timer);
    onLimit();
  };
  const timer = setInterval(sample, SAMPLE_MILLIS);
  return {
    /** MiB of RSS at this moment. */
    now: () => memoryOf(pid, 'VmRSS'),
    /** Ends the watch; the highest RSS in MiB. */
    stop() {
      sample();
      clearInterval(timer);
      return peak;
    },
  };
}

module.exports = { watchMemory };
