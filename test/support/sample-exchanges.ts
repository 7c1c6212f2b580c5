import type { HarEntry } from '../../src/har/har';
import { HeaderFields } from '../../src/har/header-fields';
import { type LogSettings, writeLog } from '../../src/har/write-log';
import type { ReceivedLog } from '../../src/local/received-log';
import { GrowingBytes } from '../../src/record/growing-bytes';
import { type RecordContents, readRecord } from '../../src/record/read-record';
import type { BodyLoss, BodySource, NameValue } from '../../src/record/record';
import { writeRecord } from '../../src/record/write-record';
import type { Policy } from '../../src/redaction/policy';
import { CallerMasks } from '../../src/redaction/secrets';
import { decodeBody } from '../../src/spans/body-attributes';
import { SETTINGS } from './body-settings';

/** A body of a test: as text that a span carried, or as bytes from the wire. */
export interface SampleBody {
  size: number;
  text?: string;
  bytes?: Uint8Array;
  loss?: BodyLoss;
}

/** An exchange of a test, with the caller masked. */
export interface SampleExchange {
  startTime: number;
  duration: number;
  wait?: number;
  aborted: boolean;
  /** Not masked; without one, the caller is masked already. */
  callerKey?: string;
  traceId?: string;
  route?: string;
  request: {
    method: string;
    url: string;
    httpVersion: string;
    headers: NameValue[];
    body: SampleBody;
  };
  response: {
    status: number;
    statusText: string;
    headers: NameValue[];
    headersSize: number;
    body: SampleBody;
  };
}

export interface SampleParts extends Partial<Omit<SampleExchange, 'request' | 'response'>> {
  request?: Partial<SampleExchange['request']>;
  response?: Partial<SampleExchange['response']>;
}

/** Header fields from an object, for tests that do not care about order or duplicates. */
export function fields(object: Record<string, string> = {}): NameValue[] {
  return Object.entries(object).map(([name, value]) => ({ name, value }));
}

/** A plain GET answered with JSON; what is given replaces its parts. */
export function sampleExchange({ request, response, ...rest }: SampleParts = {}): SampleExchange {
  return {
    startTime: Date.UTC(2026, 0, 1),
    duration: 12,
    wait: 3,
    aborted: false,
    ...rest,
    request: {
      method: 'GET',
      url: 'https://api.example.com/users/1?page=2',
      httpVersion: '1.1',
      headers: fields({ Host: 'api.example.com' }),
      body: { size: 0 },
      ...request,
    },
    response: {
      status: 200,
      statusText: 'OK',
      headers: fields({ 'Content-Type': 'application/json; charset=utf-8' }),
      headersSize: 120,
      body: { size: 11, text: '{"id":"1"}\n' },
      ...response,
    },
  };
}

/** The record of a sample. */
export function recordOf(sample: SampleExchange): Uint8Array {
  const { startTime, duration, wait, aborted, callerKey, traceId, route, request, response } =
    sample;
  return writeRecord({
    logId: '7a1c6a3e-6a0c-4c0c-9a0b-0d6f4f3d2c1b',
    startTime,
    duration,
    wait,
    aborted,
    traceId,
    route,
    clientAddress: '127.0.0.1',
    callerKey,
    groupId: callerKey === undefined ? 'sha512-x?-key' : undefined,
    label: undefined,
    email: undefined,
    method: request.method,
    url: request.url,
    httpVersion: request.httpVersion,
    requestHeaders: flat(request.headers),
    requestBody: bodySource(request.body),
    responseHead: undefined,
    status: response.status,
    statusText: response.statusText,
    responseHeaders: flat(response.headers),
    responseHeadersSize: response.headersSize,
    responseBody: bodySource(response.body),
  });
}

/** What a sample says once it has been a record. */
export function contentsOf(sample: SampleExchange): RecordContents {
  return readRecord(recordOf(sample));
}

/** What all logs of a test have in common. */
export function logSettings(policy: Policy, bodies = SETTINGS): LogSettings {
  return {
    development: false,
    policy,
    masks: new CallerMasks(),
    bodies,
    requestFields: new HeaderFields(policy, 'request'),
    responseFields: new HeaderFields(policy, 'response'),
  };
}

/** The log of a record. */
export function logOf(record: Uint8Array, settings: LogSettings): ReceivedLog {
  const out = new GrowingBytes();
  writeLog(record, settings, out);
  return JSON.parse(out.written.toString()) as ReceivedLog;
}

/** The HAR entry of a sample. */
export function entryOf(sample: SampleExchange, policy: Policy, bodies = SETTINGS): HarEntry {
  return logOf(recordOf(sample), logSettings(policy, bodies)).request.log.entries[0] as HarEntry;
}

/** Text is what a span carried. */
function bodySource({ size, text, bytes, loss }: SampleBody): BodySource {
  if (text === undefined) return { size, loss, blocks: [bytes ?? new Uint8Array()] };
  return decodeBody('request', {
    'http.request.body.size': size,
    'http.request.body.content': text,
    ...(loss !== undefined && { 'readme.request.body.truncated': true }),
    ...(loss === 'buffer_full' && { 'readme.request.body.left_out': true }),
  });
}

function flat(headers: readonly NameValue[]): string[] {
  return headers.flatMap(({ name, value }) => [name, value]);
}
