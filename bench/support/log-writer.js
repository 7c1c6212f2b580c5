'use strict';

// The one file of the benchmarks that knows modules inside of the package: how an exchange becomes a record,
// and a record the JSON of a log.

const { HeaderFields } = require('../../dist/har/header-fields');
const { writeLog } = require('../../dist/har/write-log');
const { GrowingBytes } = require('../../dist/record/growing-bytes');
const { writeRecord } = require('../../dist/record/write-record');
const { compilePolicy } = require('../../dist/redaction/policy');
const { CallerMasks } = require('../../dist/redaction/secrets');

const RESPONSE_HEAD = [
  'HTTP/1.1 200 OK',
  'X-Powered-By: Express',
  'Content-Type: application/json; charset=utf-8',
  'ETag: W/"400-0123456789abcdefghijklmnop"',
  'Date: Thu, 01 Jan 2026 00:00:00 GMT',
  'Connection: keep-alive',
  'Keep-Alive: timeout=5',
];

/**
 * What the record of an exchange is written from, as the request path has it.
 *
 * @param {Buffer} body JSON, sent and answered.
 */
function exchangeWith(body) {
  const responseHead = [...RESPONSE_HEAD, `Content-Length: ${body.length}`, '\r\n'].join('\r\n');
  const captured = { size: body.length, loss: undefined, blocks: [body] };
  return {
    logId: '7a1c6a3e-6a0c-4c0c-9a0b-0d6f4f3d2c1b',
    startTime: Date.UTC(2026, 0, 1),
    duration: 12,
    wait: 3,
    aborted: false,
    traceId: undefined,
    route: '/v1/users/:id/contacts',
    clientAddress: '127.0.0.1',
    callerKey: 'owlbert-api-key-0123456789',
    groupId: undefined,
    label: undefined,
    email: undefined,
    method: 'POST',
    url: 'http://127.0.0.1:3000/v1/users/42/contacts?page=2&limit=20',
    httpVersion: '1.1',
    requestHeaders: [
      ...['Host', '127.0.0.1:3000'],
      ...['Authorization', 'Bearer owlbert-api-key-0123456789'],
      ...['User-Agent', 'bench/1.0 (loopback)'],
      ...['Accept', 'application/json'],
      ...['Accept-Language', 'en-GB,en;q=0.8'],
      ...['Cookie', 'session=0123456789abcdef; theme=dark'],
      ...['X-Request-Id', '2b1e0c5e-6f1d-4f0e-9a55-0d7d8d7a2f10'],
      ...['Content-Type', 'application/json'],
      ...['Content-Length', String(body.length)],
    ],
    requestBody: captured,
    responseHead,
    status: 200,
    statusText: 'OK',
    responseHeaders: [],
    responseHeadersSize: responseHead.length,
    responseBody: captured,
  };
}

/**
 * @returns {(record: Uint8Array) => Uint8Array} record to the UTF-8 of a log, as the worker does it: into
 * memory that the next one uses again.
 */
function createLogWriter(denylist) {
  const policy = compilePolicy({ denylist });
  const settings = {
    development: false,
    policy,
    masks: new CallerMasks(),
    bodies: { maxBodyBytes: 1024 ** 2, logBinaryBodies: false },
    requestFields: new HeaderFields(policy, 'request'),
    responseFields: new HeaderFields(policy, 'response'),
  };
  const out = new GrowingBytes();
  return (record) => {
    out.length = 0;
    writeLog(record, settings, out);
    return out.bytes.subarray(0, out.length);
  };
}

module.exports = { createLogWriter, exchangeWith, writeRecord };
