'use strict';

// A client with many requests that are not answered yet, pipelined over some connections. Arguments: port.

const { connect } = require('node:net');
const { once } = require('node:events');
const { answer } = require('./child');
const { requestOf } = require('./requests');

const port = Number(process.argv[2]);
const CONNECTIONS = 100;
const ANSWER = Buffer.from('HTTP/1.1 ');

let answered = 0;
let onAnswer = () => {};

async function open(requests) {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  // That the server goes away is seen by whoever watches it.
  socket.on('error', () => {});
  socket.on('data', (chunk) => {
    for (let at = chunk.indexOf(ANSWER); at >= 0; at = chunk.indexOf(ANSWER, at + 1)) answered++;
    onAnswer();
  });
  const request = requestOf(port, 'hold');
  socket.write(Buffer.concat(Array.from({ length: requests }, () => request)));
}

answer({
  start() {},
  async open(exchanges) {
    const each = exchanges / CONNECTIONS;
    await Promise.all(Array.from({ length: CONNECTIONS }, () => open(each)));
  },
  /** Resolves when so many are answered, but for heads that two chunks share. */
  answered: (exchanges) =>
    new Promise((resolve) => {
      onAnswer = () => {
        if (answered >= exchanges - CONNECTIONS) resolve(answered);
      };
      onAnswer();
    }),
});
