'use strict';

const { runExample } = require('../support/run-example');

// As a proxy in front of the container would send them.
const forwarded = { 'x-forwarded-for': '203.0.113.7', 'x-forwarded-host': 'api.example.com' };

runExample({
  folder: __dirname,
  command: [
    '--env-file=production.env',
    '--require',
    'readme-metrics-opentelemetry/register',
    'app.js',
  ],
  requests: [
    {
      method: 'POST',
      path: '/letters',
      headers: { 'x-customer': 'owl-17', ...forwarded },
      json: { to: 'Harry', payment: { card: '4929123456781234' } },
      status: 201,
    },
    { path: '/letters/1?password=alohomora', headers: forwarded, status: 200 },
  ],
});
