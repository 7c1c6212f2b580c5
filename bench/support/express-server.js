'use strict';

// An Express API that answers with the JSON it was sent. Arguments: variant, URL of the metrics server, and
// the folder of another state of this package, for the variant `before`.

const { answer } = require('./child');
const { EXPRESS_VARIANTS } = require('./express-variants');
const { usageMeter } = require('./usage');

const [variant, metricsServer, before] = process.argv.slice(2);
const { prepare, middleware } = EXPRESS_VARIANTS[variant];

// Before `http` is loaded, as instrumentations that patch it need it.
const readme = prepare?.({ metricsServer, before });
const express = require('express');
const { createServer } = require('node:http');

const app = express();
if (middleware !== undefined) app.use(middleware());
app.use(express.json({ limit: '16mb' }));
app.post('/v1/users/:id/contacts', (request, response) => {
  response.json(request.body);
});

const server = createServer(app);
// The clients keep their connections, also those that they do not need for a while.
server.keepAliveTimeout = 0;

const usage = usageMeter({ sampleMillis: 1 });

answer({
  start: () =>
    new Promise((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve(server.address().port));
    }),
  begin: (options) => usage.begin(options),
  end: () => usage.end(),

  /** Logs that are lost are seen at the metrics server, by their number. */
  flush: () => readme?.forceFlush().catch(() => {}),
});
