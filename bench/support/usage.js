'use strict';

const { monitorEventLoopDelay, performance } = require('node:perf_hooks');

/**
 * What this process uses from one moment to another: CPU of all its threads, event loop of the main one.
 *
 * @param {object} [options]
 * @param {number} [options.sampleMillis] time between two samples of the event loop's delay, default 2.
 * A sample each millisecond costs some 3 % of a core, so that CPU and delay are best measured apart.
 */
function usageMeter({ sampleMillis = 2 } = {}) {
  const delay = monitorEventLoopDelay({ resolution: sampleMillis });
  // The histogram holds the times between its samples.
  const aboveSample = (nanos) => Math.max(0, nanos / 1e6 - sampleMillis);
  let begun;

  return {
    begin({ watchDelay = true } = {}) {
      delay.reset();
      if (watchDelay) delay.enable();
      begun = { cpu: process.cpuUsage(), loop: performance.eventLoopUtilization() };
    },

    /** What was used since `begin`. */
    end() {
      delay.disable();
      const { user, system } = process.cpuUsage(begun.cpu);
      const loop = performance.eventLoopUtilization(begun.loop);
      const { rss, heapUsed } = process.memoryUsage();
      return {
        cpuMicros: user + system,
        loopMicros: loop.active * 1000,
        loopUtilization: loop.utilization,
        delayP99Millis: aboveSample(delay.percentile(99)),
        delayMaxMillis: aboveSample(delay.max),
        rssMiB: rss / 1024 ** 2,
        heapMiB: heapUsed / 1024 ** 2,
        peakRssMiB: process.resourceUsage().maxRSS / 1024,
      };
    },
  };
}

module.exports = { usageMeter };
