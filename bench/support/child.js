'use strict';

// Every part of a measurement is a process of its own, so that none is charged for another's work.
// The parent asks by name, the child answers: one message each way.

const { fork } = require('node:child_process');
const { join } = require('node:path');

/** No question of these measurements takes so long. */
const ANSWER_MILLIS = 300_000;

/** Starts one of the programs in this folder; resolves when it answers questions. */
function start(program, ...args) {
  return startWith({}, program, ...args);
}

/**
 * The same with `execArgv`, flags of Node, `env`, all of its environment, and `cpu`, the one CPU that it may
 * run on (Linux, with util-linux).
 */
async function startWith({ cpu, execArgv = [], ...options }, program, ...args) {
  const child = fork(join(__dirname, program), args.map(String), {
    ...options,
    ...(cpu === undefined ? { execArgv } : onOneCpu(cpu, execArgv)),
  });
  const open = new Map();
  let questions = 0;
  child.on('message', ({ question, result, error }) => {
    const { resolve, reject } = open.get(question);
    open.delete(question);
    if (error === undefined) resolve(result);
    else reject(new Error(`${program}: ${error}`));
  });
  const exited = new Promise((resolve) =>
    child.once('exit', (code, signal) => resolve(signal ?? code)),
  );
  exited.then((code) => {
    for (const { reject } of open.values()) reject(new Error(`${program} has exited: ${code}`));
  });

  const ask = (name, ...args) =>
    new Promise((resolve, reject) => {
      const question = questions++;
      const timer = setTimeout(() => {
        reject(new Error(`${program} does not answer "${name}"`));
        child.kill();
      }, ANSWER_MILLIS);
      const once = (settle) => (value) => {
        clearTimeout(timer);
        settle(value);
      };
      open.set(question, { resolve: once(resolve), reject: once(reject) });
      child.send({ question, name, args }, (error) => {
        if (error !== null) open.get(question)?.reject(error);
      });
    });

  const stop = () => {
    if (child.connected) child.disconnect();
    return exited;
  };
  return { ask, stop, started: await ask('start'), process: child, exited };
}

/** taskset becomes Node without another process in between: the channel of messages stays. */
function onOneCpu(cpu, execArgv) {
  return { execPath: 'taskset', execArgv: ['-c', cpu, process.execPath, ...execArgv] };
}

/** The child's side: the answers by name. `start` is the first question. */
function answer(answers) {
  process.on('message', async ({ question, name, args }) => {
    try {
      process.send({ question, result: await answers[name](...args) });
    } catch (error) {
      process.send({ question, error: error.stack });
    }
  });
  // The parent is done, or gone.
  process.once('disconnect', () => process.exit());
}

module.exports = { answer, start, startWith };
