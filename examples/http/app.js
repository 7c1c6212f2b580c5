'use strict';

const { createServer } = require('node:http');
const { ReadmeInstrumentation } = require('readme-metrics-opentelemetry');

const CUSTOMERS = new Map([
  ['owl_live_7f3d9a5c2b8e', { label: 'Hedwig', email: 'hedwig@example.com' }],
]);

/** Stands in for a query to your database. */
async function findCustomer(apiKey) {
  return CUSTOMERS.get(apiKey);
}

const readme = new ReadmeInstrumentation({
  // Called once a request, when the response begins. The response does not wait for it.
  groupingFunction: async (request) => {
    if (request.url === '/health') return null; // not logged
    const apiKey = request.headers['x-api-key'];
    if (typeof apiKey !== 'string') return { apiKey: 'none', label: 'Without a key' };
    return { apiKey, ...(await findCustomer(apiKey)) };
  },
});

const server = createServer((request, response) => {
  if (request.url === '/health') {
    response.end('ok');
    return;
  }
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ you: 'asked', for: request.url }));
});
server.listen(Number(process.env.PORT ?? 3000));

process.once('SIGTERM', () => server.close(() => readme.shutdown()));
