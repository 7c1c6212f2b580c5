'use strict';

const { runExample } = require('../support/run-example');

const headers = { authorization: 'Bearer owl_live_7f3d9a5c2b8e' };

runExample({
  folder: __dirname,
  command: ['app.js'],
  requests: [
    {
      method: 'POST',
      path: '/letters',
      headers,
      json: { to: 'Harry', payment: { card: '4929123456781234' } },
      status: 201,
    },
    { path: '/letters/1', headers, status: 200 },
    { path: '/letters/1', status: 401 },
  ],
});
