'use strict';

const { readme, sdk } = require('./tracing'); // first, before express
const express = require('express');

const app = express();
app.use(express.json());

app.post('/letters', (request, response) => {
  response.status(201).json({ id: 1, ...request.body });
});

app.get('/letters/:id', (request, response) => {
  response.json({ id: request.params.id });
});

const server = app.listen(Number(process.env.PORT ?? 3000));

process.once('SIGTERM', () => {
  server.close(async () => {
    // Both: `sdk` does not know of the logs that `readme` still holds.
    await Promise.allSettled([sdk.shutdown(), readme.shutdown()]);
  });
});
