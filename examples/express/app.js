'use strict';

const express = require('express');
const { ReadmeInstrumentation, setReadmeGroup } = require('readme-metrics-opentelemetry');

// The key of the ReadMe project comes from README_API_KEY.
const readme = new ReadmeInstrumentation({
  // The names of credentials, and `card` at any depth.
  denylist: ['@credentials', '**.card'],
});

const CUSTOMERS = new Map([
  ['owl_live_7f3d9a5c2b8e', { id: 'customer-17', name: 'Hedwig', email: 'hedwig@example.com' }],
]);

const app = express();
app.use(express.json());

app.use((request, response, next) => {
  const customer = CUSTOMERS.get(request.get('x-api-key') ?? '');
  if (customer === undefined) {
    response.status(401).json({ error: 'send your key as X-Api-Key' });
    return;
  }
  setReadmeGroup({ apiKey: customer.id, label: customer.name, email: customer.email });
  next();
});

app.post('/letters', (request, response) => {
  response.status(201).json({ id: 1, ...request.body });
});

app.get('/letters/:id', (request, response) => {
  response.json({ id: request.params.id, to: 'Harry' });
});

const server = app.listen(Number(process.env.PORT ?? 3000));

// First the requests that are under way, then the logs that have not been sent yet.
process.once('SIGTERM', () => server.close(() => readme.shutdown()));
