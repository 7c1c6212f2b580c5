'use strict';

const { createServer } = require('node:http');
const { handle, run } = require('./application.cjs');

run(createServer(handle));
