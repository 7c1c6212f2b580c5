// What is right: one true log a request, linked to the application's span, and nothing for other eyes.

import { CALLER_KEY, SECRET, TRAFFIC } from './traffic.mjs';

/** SpanKind.SERVER of OpenTelemetry's API. */
const SERVER = 1;

/** @returns sentences about faults; none when all is well. */
export function faultsOf({ logs, spans, setup, environment }) {
  const faults = [];
  const expect = (what, actual, expected) => {
    if (actual !== expected) faults.push(`${what}: ${show(actual)}, not ${show(expected)}`);
  };
  expect('logs', logs.length, TRAFFIC.length);
  expect('different log ids', new Set(logs.map((log) => log._id)).size, logs.length);
  for (const one of TRAFFIC) {
    const log = logs.find((log) => log.request.log.entries[0].request.method === one.method);
    const span = spans.find((span) => span.kind === SERVER && pathOf(span) === one.path);
    if (log === undefined) {
      faults.push(`no log of ${one.method}`);
      continue;
    }
    checkLog(one, log, expect);
    if (environment.sdkMajor === undefined) {
      expect(`comment of ${one.method}`, commentOf(log), commentFor(one.traceId));
    } else if (span === undefined) {
      faults.push(`no span of ${one.method}`);
    } else {
      expect(`comment of ${one.method}`, commentOf(log), commentFor(span.traceId));
      if (one.traceId) expect(`trace id of ${one.method}`, span.traceId, one.traceId);
      checkSpan(span, log, setup.theirExporterSees, expect);
    }
  }
  return faults;
}

function checkLog(one, log, expect) {
  const { request, response } = log.request.log.entries[0];
  const { method } = one;
  const logged = { ...one, ...one.logged };
  expect(`path of ${method}`, new URL(request.url).pathname, one.path);
  expect(`status of ${method}`, response.status, one.status);
  expect(`request body of ${method}`, request.postData?.text, logged.sent);
  expect(`response body of ${method}`, response.content.text ?? '', logged.received);
  expect(`masked caller of ${method}`, /^sha512-/.test(log.group.id), true);
  const text = JSON.stringify(log);
  for (const secret of [CALLER_KEY, `"${SECRET}"`, `\\"${SECRET}\\"`]) {
    expect(`secret in the log of ${method}`, text.includes(secret), false);
  }
}

function checkSpan({ attributes }, log, theirExporterSees, expect) {
  const ours = Object.keys(attributes).filter((name) => /^readme\.|\.body\./.test(name));
  const { method } = log.request.log.entries[0].request;
  if (theirExporterSees === 'exchange') {
    expect(`log id on the span of ${method}`, attributes['readme.log.id'], log._id);
    expect(`exchange on the span of ${method}`, ours.includes('http.response.body.size'), true);
    return;
  }
  const seen = theirExporterSees === 'log id' ? 'readme.log.id' : '';
  expect(`what their exporter sees of ${method}`, ours.join(), seen);
  if (seen !== '') expect(`log id on the span of ${method}`, attributes[seen], log._id);
  expect(`secret in their span`, JSON.stringify(attributes).includes(CALLER_KEY), false);
}

const pathOf = ({ attributes }) => attributes['url.path'] ?? attributes['http.target'];
const commentOf = (log) => log.request.log.entries[0].comment;
const commentFor = (traceId) => (traceId === undefined ? undefined : `trace-id: ${traceId}`);
const show = (value) => (value === undefined ? 'nothing' : JSON.stringify(value));
