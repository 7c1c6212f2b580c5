'use strict';

// What every app of the matrix has in common, whatever watches it: a small API that tells its parent
// where it listens, and that ends by itself, not by process.exit(), when the parent says so.

const last = [];

/** What to do, and what to report, after the server has closed. */
exports.onEnd = (step) => last.push(step);

exports.run = (server) => {
  server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
  process.once('message', () => {
    server.close(async () => {
      const reports = await Promise.all(last.map((step) => step()));
      process.send(Object.assign({}, ...reports), () => process.disconnect());
    });
  });
};

exports.handle = (request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const body = Buffer.concat(chunks).toString();
    const answer = answers[request.method] ?? answers.none;
    answer(response, body);
  });
};

const answers = {
  POST(response, body) {
    response.writeHead(201, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ id: 1, ...JSON.parse(body) }));
  },
  GET(response) {
    response.setHeader('content-type', 'text/plain; charset=utf-8');
    const text = Buffer.from('Dear Zoë');
    // Between the two bytes of the last character.
    response.write(text.subarray(0, -1));
    setTimeout(() => response.end(text.subarray(-1)), 10);
  },
  PUT(response) {
    response.writeHead(204).end();
  },
  none(response) {
    response.statusCode = 404;
    response.setHeader('content-type', 'application/json');
    response.end('{"error":"no such letter"}');
  },
};
