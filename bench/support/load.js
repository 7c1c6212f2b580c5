'use strict';

// The clients: keep-alive connections that send the same request again and again, with next to no work
// for each. Arguments: port, bytes of a request body or a name of REQUESTS, connections.

const { connect } = require('node:net');
const { answer } = require('./child');
const { requestOf } = require('./requests');

const [port, what, connections] = process.argv.slice(2);
const request = requestOf(port, what);

const idle = [];
let onDone = () => {};
let onFailure = () => {};

/** One connection, one request at a time. */
function open() {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), '127.0.0.1', () => resolve(connection));
    socket.setNoDelay();
    const fail = (error) => {
      reject(error);
      onFailure(error);
    };
    socket.once('error', fail);
    socket.once('close', () => fail(new Error('the API has closed a connection')));

    let missing = 0;
    let dueAt = 0;
    const connection = {
      send(due) {
        dueAt = due;
        missing = -1;
        socket.write(request);
      },
    };
    socket.on('data', (chunk) => {
      try {
        missing = missing < 0 ? bytesAfter(chunk) : missing - chunk.length;
      } catch (error) {
        fail(error);
        return;
      }
      if (missing > 0) return;
      idle.push(connection);
      onDone(performance.now() - dueAt);
    });
  });
}

/** Bytes of an answer that follow its first chunk; Node sends the head in one piece. */
function bytesAfter(chunk) {
  const bodyStart = chunk.indexOf('\r\n\r\n') + 4;
  const head = chunk.latin1Slice(0, bodyStart);
  if (!head.startsWith('HTTP/1.1 200 '))
    throw new Error(`the API answered ${head.split('\r\n')[0]}`);
  return Number(/content-length: (\d+)/i.exec(head)[1]) - (chunk.length - bodyStart);
}

/**
 * Sends requests for so many milliseconds and waits for the last answer.
 *
 * @param {number} [rate] requests a second, whether or not the API keeps up: what waits for a connection
 * counts as latency. Without it every connection sends as soon as it has its answer.
 * @param {number} [limit] requests after which it is over, if that is sooner.
 */
function run(millis, rate, limit = Number.MAX_SAFE_INTEGER) {
  return new Promise((resolve, reject) => {
    const latencies = [];
    const began = performance.now();
    const waiting = [];
    let made = 0;
    let over = false;

    const sendWaiting = () => {
      while (idle.length > 0 && waiting.length > 0) idle.pop().send(waiting.shift());
    };
    const finish = () => {
      clearInterval(timer);
      const seconds = (performance.now() - began) / 1000;
      latencies.sort((a, b) => a - b);
      const quantile = (q) => latencies[Math.floor((latencies.length - 1) * q)];
      resolve({ requests: made, seconds, p50: quantile(0.5), p99: quantile(0.99) });
    };
    const makeDue = () => {
      const now = performance.now();
      const elapsed = Math.min(now - began, millis);
      over = elapsed === millis;
      if (rate !== undefined) add(Math.round((elapsed * rate) / 1000) - made, now);
      else if (!over) add(idle.length, now);
      over ||= made >= limit;
      sendWaiting();
      // Also when the last answer came before the time was over.
      if (over && latencies.length === made) finish();
    };
    const add = (requests, now) => {
      const allowed = Math.min(requests, limit - made);
      for (let i = 0; i < allowed; i++) waiting.push(now);
      made += allowed;
    };

    onFailure = reject;
    onDone = (latency) => {
      latencies.push(latency);
      if (rate === undefined || over) makeDue();
      else sendWaiting();
    };
    const timer = setInterval(makeDue, 1);
    makeDue();
  });
}

answer({
  async start() {
    idle.push(...(await Promise.all(Array.from({ length: Number(connections) }, open))));
  },
  run,
  /** Sends so many requests, at a rate (0: as fast as it goes). */
  runAll: (requests, rate) => run(Number.MAX_SAFE_INTEGER, rate || undefined, requests),
});
