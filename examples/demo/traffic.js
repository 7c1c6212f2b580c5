'use strict';

const { API_KEY } = require('./api');

const CARD = '4929123456781234';
const PASSWORD = 'alohomora-and-more';
const CARD_TOKEN = 'tok_5e8400e29b41d4a7';
const CVC = '907314';

/** What must be neither in a log nor in the output of the demo. */
const SECRETS = [API_KEY, CARD, PASSWORD, CARD_TOKEN, CVC, 's-1f2e3d4c5b6a7988'];

const authorization = `Bearer ${API_KEY}`;
const json = { authorization, 'content-type': 'application/json' };

/** Requests as clients of the API send them, in order; each makes one log. */
const TRAFFIC = [
  {
    title: 'A form. The denylist hides its password; the value of the session cookie is never sent',
    path: '/accounts',
    init: {
      method: 'POST',
      body: new URLSearchParams({ email: 'hedwig@example.com', password: PASSWORD }),
    },
    status: 201,
  },
  {
    title: 'JSON, created. Denied are card, cvc at any depth, and headers that begin with X-Card-',
    path: '/letters',
    init: {
      method: 'POST',
      headers: { ...json, 'x-card-token': CARD_TOKEN },
      body: JSON.stringify({
        to: 'Harry',
        weight: 12.5,
        card: CARD,
        payment: { kind: 'credit', cvc: CVC },
      }),
    },
    status: 201,
  },
  {
    title: 'JSON, read. The API key leaves the process only masked',
    path: '/letters/letter-1',
    init: { headers: { authorization } },
    status: 200,
  },
  {
    title: 'A denied name in the query',
    path: `/letters/search?card=${CARD}&limit=10`,
    init: { headers: { authorization } },
    status: 200,
  },
  {
    title: 'Not found',
    path: '/letters/letter-404',
    init: { headers: { authorization } },
    status: 404,
  },
  {
    title: 'An exception in the API',
    path: '/letters/letter-1',
    init: { method: 'DELETE', headers: { authorization } },
    status: 500,
  },
  {
    title: 'No key: the caller is Anonymous',
    path: '/letters/letter-1',
    init: {},
    status: 401,
  },
  {
    title: 'A body longer than maxBodyBytes, which this demo sets to 2048',
    path: '/routes.csv',
    init: { headers: { authorization } },
    status: 200,
  },
  {
    title: 'The client goes away before the response is complete',
    path: '/flights/1/position',
    init: { headers: { authorization } },
    status: 200,
    abort: true,
  },
];

/** Sends one of the requests and returns the status of its answer. */
async function send(origin, { path, init, abort = false }) {
  const client = new AbortController();
  const response = await fetch(`${origin}${path}`, { ...init, signal: client.signal });
  if (abort) client.abort();
  else await response.arrayBuffer();
  return response.status;
}

module.exports = { SECRETS, TRAFFIC, send };
