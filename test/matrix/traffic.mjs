// What every app is asked, and what a log then has to say.

import { request } from 'node:http';
import { text } from 'node:stream/consumers';

export const CALLER_KEY = 'key-of-the-caller';
export const SECRET = '4929';

/** The trace that one client says it is part of. */
export const CLIENT_TRACE_ID = '0af7651916cd43dd8448eb211c80319c';

const JSON_TYPE = { 'content-type': 'application/json' };

/** `logged` is what differs in the log from what went over the wire. */
export const TRAFFIC = [
  {
    method: 'POST',
    path: '/letters/new',
    headers: JSON_TYPE,
    sent: `{"to":"Zoë","card":"${SECRET}"}`,
    status: 201,
    received: `{"id":1,"to":"Zoë","card":"${SECRET}"}`,
    logged: {
      sent: '{"to":"Zoë","card":"[REDACTED 4]"}',
      received: '{"id":1,"to":"Zoë","card":"[REDACTED 4]"}',
    },
  },
  {
    method: 'GET',
    path: '/letters/1',
    headers: { traceparent: `00-${CLIENT_TRACE_ID}-b7ad6b7169203331-01` },
    status: 200,
    received: 'Dear Zoë',
    traceId: CLIENT_TRACE_ID,
  },
  {
    method: 'PUT',
    path: '/letters/2',
    headers: { 'content-type': 'text/plain' },
    sent: 'Dear Hedwig',
    status: 204,
    received: '',
  },
  {
    method: 'DELETE',
    path: '/letters/3',
    status: 404,
    received: '{"error":"no such letter"}',
  },
];

/** Sends one request, and says what its client did not get as it should. */
export function exchange({ method, path, headers, sent, status, received }, port) {
  return new Promise((done, fail) => {
    const outgoing = request({
      ...{ host: '127.0.0.1', port, method, path, agent: false },
      headers: { authorization: `Bearer ${CALLER_KEY}`, ...headers },
    });
    outgoing.once('error', fail);
    outgoing.once('response', async (response) => {
      const body = await text(response);
      const same = response.statusCode === status && body === received;
      done(same ? [] : [`the client of ${method} got ${response.statusCode} ${body}`]);
    });
    outgoing.end(sent);
  });
}
