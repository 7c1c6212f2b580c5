// Run with `node --import readme-metrics-opentelemetry/register app.mjs`: no loader, no wrapping of
// modules, and nothing here had to be imported in a certain order.

import express from 'express';
import { setReadmeGroup } from 'readme-metrics-opentelemetry';

const TENANTS = new Map([['hogwarts', { apiKey: 'tenant-17', label: 'Hogwarts' }]]);

const app = express();

app.use((request, _response, next) => {
  const tenant = TENANTS.get(request.get('x-tenant') ?? '');
  // For all others it stays with the API key of the request.
  if (tenant !== undefined) setReadmeGroup(tenant);
  next();
});

app.get('/letters/:id', (request, response) => {
  response.json({ id: request.params.id });
});

const server = app.listen(Number(process.env.PORT ?? 3000));

// Nothing to do for the logs: they are sent before the process ends by itself.
process.once('SIGTERM', () => server.close());
