/**
 * The layout of a record: one HTTP exchange as one flat byte array, version 1.
 *
 * | at | what |
 * |---|---|
 * | 0 | version (uint8), flags (uint8), status (uint16) |
 * | 4 | loss of the request body (uint8), of the response body (uint8), reset (uint16, `stream-reset.ts`) |
 * | 8 | start time, duration, wait (float64, milliseconds; no wait: NaN) |
 * | 32 | size of the request body, of the response body on the wire (float64, bytes) |
 * | 48 | size of the response head on the wire (int32, bytes; unknown: -1) |
 * | 52 | bytes kept of the request body, of the response body (uint32 each) |
 * | 60 | characters of all texts (uint32) |
 * | 64 | texts in the request's header fields, in the response's (uint32 each; a name and a value a field) |
 * | 72 | length of each text in characters (uint32): the named ones, then those of the header fields |
 * | … | all texts, one after the other: latin1, or UTF-16 where a text needs it |
 * | … | the request body, then the response body, as they were on the wire |
 *
 * Numbers have the byte order of the machine: a record never leaves the process. Its length is what counts
 * against `maxBufferedBytes`.
 */
export const LAYOUT = {
  version: 1,
  /** Bytes before the lengths of the texts. */
  head: 72,
  /** Index of a number in a view of its type. */
  uint8: { version: 0, flags: 1, requestLoss: 4, responseLoss: 5 },
  uint16: { status: 1, reset: 3 },
  float64: { startTime: 1, duration: 2, wait: 3, requestSize: 4, responseSize: 5 },
  int32: { responseHeadersSize: 12 },
  uint32: {
    requestBytes: 13,
    responseBytes: 14,
    characters: 15,
    requestTexts: 16,
    responseTexts: 17,
    firstLength: 18,
  },
} as const;

export const FLAG = {
  /** The connection closed before the response was complete. */
  aborted: 1,
  /** Texts are UTF-16, not latin1. */
  wide: 2,
  /** The body is text already: UTF-8 without a content-encoding, whatever the header fields say. */
  requestIsText: 4,
  responseIsText: 8,
  /** The bodies were too large for the metrics server, and are not sent. */
  bodiesLeftOut: 16,
  /** The lists were applied already, and in place of each body stands JSON of what a log shows of it. */
  filtered: 32,
} as const;

/** The named texts, in the order of the layout. An absent text is empty. */
export const TEXTS = [
  'logId',
  'traceId',
  'route',
  'clientAddress',
  'callerKey',
  'groupId',
  'label',
  'email',
  'method',
  'url',
  'httpVersion',
  'statusText',
  'responseHead',
] as const;

/**
 * Why a body, or a part of it, is not in the record: `maxBodyBytes` (`truncated`), `maxBufferedBytes`
 * (`buffer_full`), or its end never came (`ended_early`), of which what was seen is there; `unseen`: something
 * was sent without a response head; `sent_from_file`: Node sent it from a file.
 */
export type BodyLoss = 'truncated' | 'buffer_full' | 'ended_early' | 'unseen' | 'sent_from_file';

/** By the number that stands for it. */
export const LOSSES: readonly (BodyLoss | undefined)[] = [
  undefined,
  'truncated',
  'buffer_full',
  'ended_early',
  'unseen',
  'sent_from_file',
];

/** Name and value of one HTTP field, query parameter or form field. */
export interface NameValue {
  name: string;
  value: string;
}

/** A body to be written into a record. */
export interface BodySource {
  /** Bytes seen on the wire, captured or not. */
  readonly size: number;
  readonly loss: BodyLoss | undefined;
  /** The captured bytes, in pieces. */
  readonly blocks: readonly Uint8Array[];
  /** True when they are UTF-8 text without a content-encoding, whatever the header fields say. */
  readonly isText?: boolean;
}

/**
 * What a record is made of: an exchange that has ended, or the attributes of a span that carries one.
 *
 * Of an exchange it holds what no log may show (the caller's key, credentials): they are hidden when it
 * becomes JSON, and stay in the process until then. A record of a span has no `callerKey` but a masked `groupId`.
 */
export interface RecordSource {
  /** UUID v4, `_id` of the log. */
  readonly logId: string;
  /** Milliseconds since the Unix epoch at which the request head had been read. */
  readonly startTime: number;
  /** Milliseconds from `startTime` to the end of the exchange. */
  readonly duration: number;
  /** Milliseconds from `startTime` to the response head; undefined when none was sent. */
  readonly wait: number | undefined;
  /** True when the connection closed before the response was complete. */
  readonly aborted: boolean;
  /** How an HTTP/2 stream ended before its response was complete (`stream-reset.ts`); 0 or absent: it did not. */
  readonly reset?: number;
  /** Trace id of the application's own server span, 32 hexadecimal digits. */
  readonly traceId: string | undefined;
  /** Route template, for instance `/users/:id`. */
  readonly route: string | undefined;
  /** Address of the client; the empty string when it is unknown. */
  readonly clientAddress: string;
  /** The caller's API key, not masked. */
  readonly callerKey: string | undefined;
  /** The masked key, where there is no `callerKey`. */
  readonly groupId: string | undefined;
  readonly label: string | undefined;
  readonly email: string | undefined;
  readonly method: string;
  /** Scheme, host, path and query as the client sent them. */
  readonly url: string;
  /** For instance `1.1`. */
  readonly httpVersion: string;
  /** Name, value, name, value, …. */
  readonly requestHeaders: readonly string[];
  readonly requestBody: BodySource;
  /** Status line and header block as they were sent; undefined when there is none. It decides before the next four. */
  readonly responseHead: string | undefined;
  /** Status code; 0 when no response head was sent. */
  readonly status: number;
  readonly statusText: string;
  /** Name, value, name, value, …. */
  readonly responseHeaders: readonly string[];
  /** Bytes of the response head on the wire; -1 when unknown. */
  readonly responseHeadersSize: number;
  readonly responseBody: BodySource;
  /** True when the lists were applied already, and each body is JSON of what a log shows of it. */
  readonly filtered?: boolean;
}
