'use strict';

// An API that is asked at once when it listens, by its own process: no message has to be waited for. Prints
// one line of JSON and ends. The settings of the package are in the environment. Argument: what the package
// is required as; without it nothing is required here.

const { readdirSync } = require('node:fs');
const { mainThreadMicros, scheduled } = require('./usage');

const [from] = process.argv.slice(2);
/** The first one, and what comes while the worker starts. */
const REQUESTS = 5;
/** For what the package puts off when an application starts, and for the logs to arrive. */
const DELIVERY_MILLIS = 1500;
/** Between two looks at the event loop: each costs CPU. */
const DELAY_MILLIS = 10;

const loadBegan = performance.now();
if (from !== undefined) {
  const { ReadmeInstrumentation } = require(from);
  new ReadmeInstrumentation();
}
const loadMillis = performance.now() - loadBegan;

const { createServer } = require('node:http');
const { connect } = require('node:net');
const { monitorEventLoopDelay } = require('node:perf_hooks');

function microsSince(before) {
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

/** Threads of this process; the worker is one that comes later. Linux only. */
function threads() {
  try {
    return readdirSync('/proc/self/task');
  } catch {
    return undefined;
  }
}

const pause = (millis) => new Promise((resolve) => setTimeout(resolve, millis));

/** Milliseconds from the request to the answer, on a new connection. */
function ask(port) {
  const began = performance.now();
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', reject);
    socket.once('data', () => {
      resolve(performance.now() - began);
      socket.destroy();
    });
    socket.write('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
  });
}

async function measure(port) {
  const threadsBefore = threads();
  const before = process.cpuUsage();
  const mainBefore = mainThreadMicros();
  const delay = monitorEventLoopDelay({ resolution: DELAY_MILLIS });
  delay.enable();
  const times = [await ask(port)];
  const answeredAt = performance.now();
  while (times.length < REQUESTS) times.push(await ask(port));
  await pause(DELIVERY_MILLIS);
  delay.disable();
  const newThreads = threads()?.filter((id) => !threadsBefore.includes(id));
  return {
    loadMillis,
    /** Since the process was started. */
    answeredAt,
    first: times[0],
    rest: Math.max(...times.slice(1)),
    delayMax: Math.max(0, delay.max / 1e6 - DELAY_MILLIS),
    cpu: microsSince(before),
    main: mainBefore === undefined ? undefined : mainThreadMicros() - mainBefore,
    newThreads: newThreads?.reduce((sum, id) => sum + (scheduled(id)?.ran ?? 0), 0),
  };
}

const server = createServer((_req, res) => res.end('ok'));
server.listen(0, '127.0.0.1', async () => {
  process.stdout.write(JSON.stringify(await measure(server.address().port)));
  process.exit();
});
