'use strict';

const { runExample } = require('../support/run-example');

runExample({
  folder: __dirname,
  command: ['--import', 'readme-metrics-opentelemetry/register', 'app.mjs'],
  requests: [
    { path: '/letters/1', headers: { 'x-tenant': 'hogwarts' }, status: 200 },
    { path: '/letters/2', headers: { authorization: 'Bearer owl_live_7f3d9a5c' }, status: 200 },
  ],
});
