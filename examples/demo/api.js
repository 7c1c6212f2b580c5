'use strict';

const express = require('express');
const { setReadmeGroup } = require('readme-metrics-opentelemetry');

/** The API key of the one customer of this API. */
const API_KEY = 'owl_live_7f3d9a5c2b8e4160';
const CUSTOMER = { apiKey: API_KEY, label: 'Hedwig', email: 'hedwig@example.com' };

/** A small API for sending letters by owl. */
function createApi() {
  const letters = new Map();
  const api = express();
  api.use(express.json());
  api.use(express.urlencoded());

  api.post('/accounts', (request, response) => {
    response.cookie('session', 's-1f2e3d4c5b6a7988', { httpOnly: true });
    response.status(201).json({ email: request.body.email });
  });

  api.use(authenticate);

  api.post('/letters', (request, response) => {
    const letter = { id: `letter-${letters.size + 1}`, ...request.body };
    letters.set(letter.id, letter);
    response.status(201).location(`/letters/${letter.id}`).json(letter);
  });

  api.get('/letters/search', (request, response) => {
    const found = [...letters.values()].filter((letter) => letter.card === request.query.card);
    response.json({ found: found.map(({ id }) => id) });
  });

  api.get('/letters/:id', (request, response) => {
    const letter = letters.get(request.params.id);
    if (letter === undefined) response.status(404).json({ error: 'no such letter' });
    else response.json(letter);
  });

  api.get('/routes.csv', (_request, response) => {
    const rows = Array.from(
      { length: 400 },
      (_, index) => `${index + 1},London,Hogsmeade,${index % 7}`,
    );
    response.type('text/csv').send(`flight,from,to,day\n${rows.join('\n')}\n`);
  });

  api.get('/flights/:id/position', (_request, response) => {
    // A stream without an end; the client is the one who goes.
    response.type('text/plain').write('over Leeds\n');
  });

  api.delete('/letters/:id', () => {
    throw new Error('the owl has left already');
  });

  api.use(answerWithError);
  return api;
}

/** Says to ReadMe who is calling, once the application itself knows. */
function authenticate(request, response, next) {
  if (request.get('authorization') !== `Bearer ${API_KEY}`) {
    response.status(401).json({ error: 'send your API key as a Bearer token' });
    return;
  }
  setReadmeGroup(CUSTOMER);
  next();
}

/** Express knows an error handler by its four parameters. */
function answerWithError(error, _request, response, _next) {
  response.status(500).json({ error: error.message });
}

module.exports = { API_KEY, createApi };
