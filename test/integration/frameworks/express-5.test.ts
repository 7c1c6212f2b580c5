import express from 'express';
import { describe } from 'vitest';
import { useBench } from '../../support/bench';
import { serveExpress } from '../../support/express-app';
import { addExpressRoutes, itIsSeenThroughExpress } from '../../support/express-scenarios';
import { itIsSeenThrough, itIsSeenThroughPipelining } from '../../support/scenarios';

describe('Express 5', () => {
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
