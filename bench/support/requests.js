'use strict';

const { gzipSync } = require('node:zlib');
const { jsonOf } = require('./exchange');

/** Requests of little size that make much of a log, by name: each gives the request's bytes. */
const REQUESTS = {
  /** 1 KB that unpacks to 1 MiB of a control character, which takes six bytes in JSON. */
  gzip(port) {
    const body = gzipSync(Buffer.alloc(1024 * 1024, 1));
    const fields = ['Content-Type: text/plain', 'Content-Encoding: gzip'];
    return bytesOf('POST /', port, fields, body);
  },

  /** 13 KB of 1,900 header fields: each has a name and a value of two characters. */
  headers(port) {
    const fields = Array.from({ length: 1900 }, (_, i) => {
      const [name, value] = [i + 1000, (i % 1000) + 36].map((n) => n.toString(36).slice(-2));
      return `${name}:${value}`;
    });
    return bytesOf('GET /', port, fields);
  },

  /** One that is not answered before the server is asked to. */
  hold: (port) => bytesOf('GET /hold', port, []),
};

/**
 * @param {number | string} what bytes of a JSON body, as a client with an API key sends it, or one of the
 * names above.
 */
function requestOf(port, what) {
  if (Object.hasOwn(REQUESTS, what)) return REQUESTS[what](port);
  const body = Buffer.from(jsonOf(Number(what)));
  const fields = [
    'Authorization: Bearer owlbert-api-key-0123456789',
    'User-Agent: bench/1.0 (loopback)',
    'Accept: application/json',
    'Accept-Language: en-GB,en;q=0.8',
    'Cookie: session=0123456789abcdef; theme=dark',
    'X-Request-Id: 2b1e0c5e-6f1d-4f0e-9a55-0d7d8d7a2f10',
    'Content-Type: application/json',
  ];
  return bytesOf('POST /v1/users/42/contacts?page=2&limit=20', port, fields, body);
}

function bytesOf(methodAndTarget, port, fields, body) {
  const length = body === undefined ? [] : [`Content-Length: ${body.length}`];
  const head = [`${methodAndTarget} HTTP/1.1`, `Host: 127.0.0.1:${port}`, ...fields, ...length];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body ?? Buffer.alloc(0)]);
}

module.exports = { requestOf };
