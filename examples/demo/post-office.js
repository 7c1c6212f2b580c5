'use strict';

// An owl post with several customers, for the pictures of the viewer: an API with ordinary answers and
// some that are not.

const express = require('express');
const { setReadmeGroup } = require('readme-metrics-opentelemetry');

const CUSTOMERS = [
  { apiKey: 'owl_live_7f3d9a5c2b8e4160', label: 'Hedwig', email: 'hedwig@example.com' },
  { apiKey: 'owl_live_51c0de8842aa9d37', label: 'Weasley & Sons', email: 'errol@example.com' },
  { apiKey: 'owl_live_b4d0f00d1e77c29b', label: 'Ministry of Magic', email: 'post@example.org' },
  { apiKey: 'owl_live_0a9b8c7d6e5f4321', label: 'Pigwidgeon', email: 'pig@example.net' },
];

function createPostOffice() {
  const api = express();
  api.use(express.json());
  api.use((request, response, next) => {
    const customer = CUSTOMERS.find(
      ({ apiKey }) => request.get('authorization') === `Bearer ${apiKey}`,
    );
    if (customer === undefined) {
      response.status(401).json({ error: 'send your API key as a Bearer token' });
      return;
    }
    setReadmeGroup(customer);
    setTimeout(next, 2 + Math.random() * 30);
  });
  api.post('/letters', (request, response) => {
    response.cookie('session', 's-1f2e3d4c5b6a7988', { httpOnly: true });
    response
      .status(201)
      .location('/letters/1042')
      .json({ id: 1042, state: 'accepted', ...request.body });
  });
  api.get('/letters', (_request, response) => {
    response.json({
      letters: [
        { id: 1041, to: 'Harry' },
        { id: 1042, to: 'Hermione' },
      ],
      next: null,
    });
  });
  api.get('/letters/:id', ({ params }, response) => {
    if (Number(params.id) > 2000)
      response.status(404).json({ error: 'no such letter', id: params.id });
    else response.json({ id: Number(params.id), to: 'Harry', weight: 12.5, delivered: false });
  });
  api.patch('/letters/:id', ({ params, body }, response) =>
    response.json({ id: params.id, ...body }),
  );
  api.delete('/letters/:id', () => {
    throw new Error('the owl has left already');
  });
  api.get('/owls/:name/position', ({ params }, response) => {
    response.write(`{"owl":"${params.name}",`);
    setTimeout(() => response.end('"over":"Leeds","altitude":312.50}'), 40 + Math.random() * 200);
  });
  api.get('/old-letters/:id', ({ params }, response) =>
    response.redirect(301, `/letters/${params.id}`),
  );
  // Express knows an error handler by its four parameters.
  api.use((error, _request, response, _next) =>
    response.status(500).json({ error: error.message }),
  );
  return api;
}

/** A request as one of the customers might send it: method, path, body. */
function someRequest(random) {
  const id = 1000 + Math.floor(random() * 60);
  const owl = ['errol', 'hedwig', 'pigwidgeon'][Math.floor(random() * 3)];
  const choice = random();
  if (choice < 0.34) return ['GET', `/letters/${id}`];
  if (choice < 0.5) return ['GET', `/owls/${owl}/position`];
  if (choice < 0.62) return ['GET', `/letters?state=flying&limit=20&card=4929123456781234`];
  if (choice < 0.76) return ['POST', '/letters', { to: 'Ginny', weight: 8 }];
  if (choice < 0.84) return ['PATCH', `/letters/${id}`, { weight: 14 }];
  if (choice < 0.9) return ['GET', `/letters/${9000 + id}`];
  if (choice < 0.95) return ['GET', `/old-letters/${id}`];
  return ['DELETE', `/letters/${id}`];
}

module.exports = { CUSTOMERS, createPostOffice, someRequest };
