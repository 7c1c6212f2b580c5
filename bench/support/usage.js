'use strict';

const { readFileSync, writeFileSync } = require('node:fs');
const { monitorEventLoopDelay, performance } = require('node:perf_hooks');

/**
 * What this process uses from one moment to another: CPU of all its threads and of the main one alone,
 * event loop of the main one, memory.
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
      resetPeak();
      delay.reset();
      if (watchDelay) delay.enable();
      begun = {
        cpu: process.cpuUsage(),
        main: mainThreadMicros(),
        waited: scheduled(process.pid)?.waited,
        loop: performance.eventLoopUtilization(),
      };
    },

    /**
     * What was used since `begin`; `mainMicros` and `waitedMicros`, in which the main thread could have run
     * and had no CPU, are `undefined` where the system does not say.
     */
    end() {
      delay.disable();
      const { user, system } = process.cpuUsage(begun.cpu);
      const main = mainThreadMicros();
      const loop = performance.eventLoopUtilization(begun.loop);
      const { rss, heapUsed } = process.memoryUsage();
      return {
        cpuMicros: user + system,
        mainMicros: main === undefined ? undefined : main - begun.main,
        waitedMicros: begun.waited && scheduled(process.pid).waited - begun.waited,
        loopMicros: loop.active * 1000,
        loopUtilization: loop.utilization,
        delayP99Millis: aboveSample(delay.percentile(99)),
        delayMaxMillis: aboveSample(delay.max),
        rssMiB: rss / 1024 ** 2,
        heapMiB: heapUsed / 1024 ** 2,
        peakRssMiB: peakRss() / 1024 ** 2,
      };
    },
  };
}

/** CPU of the thread that calls: everywhere from Node 23.9 on, before that on Linux. */
function mainThreadMicros() {
  if (process.threadCpuUsage !== undefined) {
    const { user, system } = process.threadCpuUsage();
    return user + system;
  }
  return scheduled(process.pid)?.ran;
}

/** Microseconds that a thread of this process has run and waited for a CPU, not rounded to ticks. */
function scheduled(thread) {
  try {
    const text = readFileSync(`/proc/self/task/${thread}/schedstat`, 'latin1');
    const [ran, waited] = text.split(' ').map((nanos) => Number(nanos) / 1000);
    return { ran, waited };
  } catch {
    return undefined;
  }
}

/** On Linux the peak can begin anew (proc(5), clear_refs); elsewhere it is that of the whole life. */
function resetPeak() {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {}
}

/** The highest RSS since `resetPeak`, in bytes. `resourceUsage` does not begin anew. */
function peakRss() {
  try {
    const [, kib] = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'latin1'));
    return Number(kib) * 1024;
  } catch {
    return process.resourceUsage().maxRSS * 1024;
  }
}

module.exports = { mainThreadMicros, scheduled, usageMeter };
