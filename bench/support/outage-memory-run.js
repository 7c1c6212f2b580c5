'use strict';

const { start, startWith } = require('./child');
const { environmentWith } = require('./environment');
const { DENIED_NAME } = require('./exchange');
const { watchMemory } = require('./process-memory');

const METRICS_SERVER_MILLIS = 20;
const CONNECTIONS = 8;
const STATE_MILLIS = 500;
/** Requests that a server has to answer when all is over, in so many milliseconds. */
const LAST_REQUESTS = 8;
const LAST_MILLIS = 10_000;
const HELD_BOUND_MILLIS = 60_000;

const pause = (millis) => new Promise((resolve) => setTimeout(resolve, millis));

/** Names that say what went wrong in what Node and the package print. */
const SYMPTOMS = /README_[A-Z_]+|ERR_WORKER_OUT_OF_MEMORY|heap out of memory/g;

/**
 * One API in a process of its own while the metrics server is away.
 *
 * @param {object} plan `scenario` of SCENARIOS; `mode`, how the metrics server fails; `from` and
 * `readmeOptions` of the package, no `from`: a bare server; `heapMiB`, the limit of V8's old space;
 * `settleMillis` after the last request; `limitMiB` of RSS, at which it is over.
 */
async function measureOutage({ scenario, mode, from, readmeOptions, heapMiB, ...bounds }) {
  const metrics = await start('metrics-server.js', METRICS_SERVER_MILLIS);
  await metrics.ask('fail', mode);
  const metricsServer = metrics.started;
  const settings = { from, metricsServer, denylist: [DENIED_NAME], ...readmeOptions };
  const api = await startApi(settings, heapMiB);
  const result = { peak: 0, counted: undefined, workers: undefined, stats: undefined };
  const watch = observe(api, result, bounds.limitMiB);
  const clients = await startClients(scenario, api.started);
  try {
    await Promise.race([send(scenario, { api, clients, result }), watch.over]);
    await Promise.race([pause(bounds.settleMillis), watch.over]);
    result.exit = await watch.exitOrUndefined();
    result.answers = result.exit === undefined && !result.overLimit && (await stillAnswers(api));
  } finally {
    result.peak = watch.stop();
    result.symptoms = api.symptoms();
    // With a backlog they would take their time.
    for (const { process, exited } of [clients, api, metrics]) {
      process.kill('SIGKILL');
      await exited;
    }
  }
  return result;
}

async function startApi(settings, heapMiB) {
  const execArgv = heapMiB === undefined ? [] : [`--max-old-space-size=${heapMiB}`];
  const stdio = ['ignore', 'inherit', 'pipe', 'ipc'];
  const options = { execArgv, stdio, env: environmentWith({}) };
  const api = await startWith(options, 'outage-server.js', JSON.stringify(settings));
  let printed = '';
  api.process.stderr.on('data', (chunk) => {
    printed += chunk;
  });
  const symptoms = () => [...new Set(printed.match(SYMPTOMS))].join(', ');
  return { ...api, symptoms };
}

function startClients({ open, request }, port) {
  return open === undefined
    ? start('load.js', port, request, CONNECTIONS)
    : start('open-exchanges.js', port);
}

/** Sends all requests; resolves also when the server was gone before. */
async function send({ open, requests }, { api, clients, result }) {
  try {
    if (open === undefined) {
      const { requests: made } = await clients.ask('runAll', requests, 0);
      result.made = made;
      return;
    }
    await clients.ask('open', open);
    const bound = Date.now() + HELD_BOUND_MILLIS;
    while ((result.made ?? 0) < open && Date.now() < bound) {
      await pause(100);
      result.made = (await api.ask('state')).held;
    }
    await api.ask('release');
    await clients.ask('answered', result.made);
  } catch (error) {
    result.error = error.message.split('\n')[0];
  }
}

/** Fills `result` as time goes by: a process that has died answers no more. */
function observe(api, result, limitMiB) {
  let exit;
  const gone = api.exited.then((code) => {
    exit = code;
  });
  const atLimit = new Promise((resolve) => {
    result.onLimit = resolve;
  });
  const memory = watchMemory(api.process.pid, {
    limitMiB,
    onLimit() {
      result.overLimit = true;
      result.onLimit();
    },
  });
  let asked = false;
  const look = async () => {
    if (asked) return;
    asked = true;
    const state = await api.ask('state').catch(() => undefined);
    asked = false;
    if (state === undefined) return;
    const { counted, workers, stats } = state;
    result.counted = Math.max(result.counted ?? 0, counted ?? 0);
    Object.assign(result, { workers, stats });
  };
  const timer = setInterval(look, STATE_MILLIS);
  return {
    over: Promise.race([gone, atLimit]),
    async exitOrUndefined() {
      await Promise.race([look(), pause(STATE_MILLIS)]);
      return exit;
    },
    stop() {
      clearInterval(timer);
      return memory.stop();
    },
  };
}

/** Whether the application still does what it is there for. */
async function stillAnswers(api) {
  const clients = await start('load.js', api.started, 1024, 1);
  const answered = clients.ask('runAll', LAST_REQUESTS, 0).then(
    () => true,
    () => false,
  );
  const answers = await Promise.race([answered, pause(LAST_MILLIS).then(() => false)]);
  clients.process.kill('SIGKILL');
  await clients.exited;
  return answers;
}

module.exports = { measureOutage };
