import { createRequire } from 'node:module';
import { describe } from 'vitest';
import { useBench } from '../../support/bench';
import { type ExpressModule, serveExpress } from '../../support/express-app';
import { addExpressRoutes, itIsSeenThroughExpress } from '../../support/express-scenarios';
import { itIsSeenThrough, itIsSeenThroughPipelining } from '../../support/scenarios';

// An alias, which has no types of its own.
const express: ExpressModule = createRequire(import.meta.url)('express4');

describe('Express 4', () => {
  const bench = useBench(() => serveExpress(express, addExpressRoutes(express)));
  itIsSeenThrough(bench, {
    failure: /<pre>Error: on purpose<br>/,
    notFound: /<pre>Cannot GET \/missing\/page<\/pre>/,
    knowsRoutes: true,
    sendsFiles: true,
  });
  itIsSeenThroughPipelining(bench);
  itIsSeenThroughExpress(bench);
});
