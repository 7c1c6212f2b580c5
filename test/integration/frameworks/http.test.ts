import { createServer } from 'node:http';
import { describe } from 'vitest';
import { useBench } from '../../support/bench';
import { closeServer, listen } from '../../support/observe';
import { plainApp } from '../../support/plain-app';
import { itIsSeenThrough, itIsSeenThroughPipelining } from '../../support/scenarios';

describe('a plain http server', () => {
  const bench = useBench(async () => {
    const server = createServer(plainApp);
    return { port: await listen(server), close: () => closeServer(server) };
  });
  itIsSeenThrough(bench, {
    failure: 'it broke',
    notFound: 'not here',
    knowsRoutes: false,
    sendsFiles: true,
  });
  itIsSeenThroughPipelining(bench);
});
