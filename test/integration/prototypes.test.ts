import { createServer, type ServerResponse } from 'node:http';
import express from 'express';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { closeServer, entryOf, listen, type Observer, startObserver } from '../support/observe';

let observer: Observer;
beforeAll(async () => {
  observer = await startObserver();
});
afterAll(() => observer.stop());

it('methods that an application puts on Express’s response prototype are called', async () => {
  const app = express();
  const { writeHead, end } = app.response;
  app.response.writeHead = function (this: ServerResponse, ...args: unknown[]) {
    this.setHeader('x-team', 'owls');
    return Reflect.apply(writeHead, this, args);
  } as never;
  app.response.end = function (this: ServerResponse, ...args: unknown[]) {
    if (typeof args[0] === 'string') args[0] += '!';
    return Reflect.apply(end, this, args);
  } as never;
  app.get('/', (_req, res) => {
    res.writeHead(200);
    res.end('hoot');
  });
  const server = createServer(app);
  const port = await listen(server);
  const response = await fetch(`http://127.0.0.1:${port}/`);
  expect(response.headers.get('x-team')).toBe('owls');
  expect(await response.text()).toBe('hoot!');
  const [log] = await observer.logs();
  await closeServer(server);
  expect(entryOf(log).response.headers).toContainEqual({ name: 'x-team', value: 'owls' });
});

it('an object that an application makes from the response has methods that end, as without the package', async () => {
  const server = createServer((_request, response) => {
    (Object.create(response) as ServerResponse).writeHead(201);
    response.end('made');
  });
  const port = await listen(server);
  const response = await fetch(`http://127.0.0.1:${port}/`);
  expect([response.status, await response.text()]).toEqual([200, 'made']);
  await closeServer(server);
});
