'use strict';

// An application as there are many. It does not know that it is logged.

const express = require('express');

const app = express();
app.use(express.json());

app.post('/letters', (request, response) => {
  response.status(201).json({ id: 1, ...request.body });
});

app.get('/letters/:id', (request, response) => {
  response.json({ id: request.params.id });
});

app.listen(Number(process.env.PORT ?? 3000));
