import { createServer } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type express from 'express';
import type { Express, NextFunction, Request, Response, Router } from 'express';
import type { Application } from './bench';
import { closeServer, listen } from './observe';
import { chunks, OWLBERT } from './plain-app';

export type ExpressModule = typeof express;

/** The scenarios' application, for Express 4 and 5 alike. */
export async function serveExpress(
  express: ExpressModule,
  extend: (app: Express) => void = () => {},
): Promise<Application> {
  const app = express();
  // As in production but silent: the error page has a stack trace, which must stay the same as well.
  app.set('env', 'test');
  extend(app);
  const parse = express.json({ limit: '700kb' });
  app.post('/echo', parse, (req, res) => void res.status(201).json(req.body));
  app.post('/form', express.urlencoded({ extended: false }), (req, res) => {
    res.status(201).json({ ...(req.body as object) });
  });
  app.post('/big', parse, (req, res) => void res.send((req.body as { text: string }).text));
  app.get('/throw', () => {
    throw new Error('on purpose');
  });
  app.get('/reject', (_req, _res, next) => {
    // Express 5 does so itself for a handler that returns a promise.
    Promise.reject(new Error('on purpose')).catch(next);
  });
  app.get('/stream', (_req, res, next) => {
    pipeline(chunks, res.type('text')).catch(next);
  });
  app.get('/file', (_req, res) => res.sendFile(OWLBERT));
  app.get('/search', (req, res) => void res.json(req.query));
  app.delete('/thing', (_req, res) => void res.sendStatus(204));
  app.get('/endless', (_req, res) => void res.write('first'));
  app.use('/api', nested(express));
  app.use(
    (error: Error & { status?: number }, _req: Request, res: Response, next: NextFunction) => {
      if (error.status === undefined || error.status === 500) next(error);
      else res.status(error.status).json({ error: error.message });
    },
  );
  const server = createServer(app);
  return { port: await listen(server), close: () => closeServer(server) };
}

function nested(express: ExpressModule): Router {
  const users = express.Router();
  users.get('/:id/posts/:post', ({ params: { id, post } }, res) => void res.json({ id, post }));
  users.get('/:id/broken', () => {
    throw new Error('on purpose');
  });
  const api = express.Router();
  api.use('/users', users);
  return api;
}
