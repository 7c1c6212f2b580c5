'use strict';

const { runExample } = require('../support/run-example');

runExample({
  folder: __dirname,
  command: ['app.js'],
  requests: [
    { path: '/health', status: 200, logged: false },
    { path: '/letters', headers: { 'x-api-key': 'owl_live_7f3d9a5c2b8e' }, status: 200 },
    { path: '/letters?limit=10', status: 200 },
  ],
});
