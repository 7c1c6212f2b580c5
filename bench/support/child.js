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

/** The same with `execArgv`, flags of Node, and `env`, all of its environment. */
async function startWith(options, program, ...args) {
  const process = fork(join(__dirname, program), args.map(String), options);
  const open = new Map();
  let questions = 0;
  process.on('message', ({ question, result, error }) => {
    const { resolve, reject } = open.get(question);
    open.delete(question);
    if (error === undefined) resolve(result);
    else reject(new Error(`${program}: ${error}`));
  });
  const exited = new Promise((resolve) => process.once('exit', resolve));
  exited.then((code) => {
    for (const { reject } of open.values()) reject(new Error(`${program} has exited: ${code}`));
  });

  const ask = (name, ...args) =>
    new Promise((resolve, reject) => {
      const question = questions++;
      const timer = setTimeout(() => {
        reject(new Error(`${program} does not answer "${name}"`));
        process.kill();
      }, ANSWER_MILLIS);
      const once = (settle) => (value) => {
        clearTimeout(timer);
        settle(value);
      };
      open.set(question, { resolve: once(resolve), reject: once(reject) });
      process.send({ question, name, args });
    });

  const stop = () => {
    if (process.connected) process.disconnect();
    return exited;
  };
  return { ask, stop, started: await ask('start') };
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
