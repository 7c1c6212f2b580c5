'use strict';

const { fastify } = require('fastify');
const { ReadmeInstrumentation, setReadmeGroup } = require('readme-metrics-opentelemetry');

const readme = new ReadmeInstrumentation({ denylist: ['@credentials', '**.card'] });

const CUSTOMERS = new Map([['owl_live_7f3d9a5c2b8e', { label: 'Hedwig' }]]);

const app = fastify();

app.addHook('onRequest', async (request, reply) => {
  const apiKey = request.headers.authorization?.replace(/^Bearer /, '') ?? '';
  const customer = CUSTOMERS.get(apiKey);
  if (customer === undefined) {
    return reply.code(401).send({ error: 'send your key as a Bearer token' });
  }
  // Given the request, this works from anywhere, also where the async context of the request is lost.
  setReadmeGroup({ apiKey, ...customer }, request);
});

app.post('/letters', async (request, reply) => {
  reply.code(201);
  return { id: 1, .../** @type {object} */ (request.body) };
});

app.get('/letters/:id', async (request) => request.params);

// Called when the last request has been answered.
app.addHook('onClose', () => readme.shutdown());
process.once('SIGTERM', () => app.close());

app.listen({ port: Number(process.env.PORT ?? 3000) });
