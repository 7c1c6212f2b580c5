import type { NameValue } from '../record/record';

/** HAR 1.2 has other members for the same of a request and of a response. */
export type Side = 'request' | 'response';

/**
 * The parts of HAR 1.2 that a log holds, named after the sections of the specification
 * (http://www.softwareishard.com/blog/har-12-spec/). Sizes are bytes, durations whole milliseconds.
 */
export interface HarEntry {
  /** Route or URL that ReadMe groups the log by; HAR means a page's id. */
  pageref: string;
  /** ISO 8601. */
  startedDateTime: string;
  time: number;
  request: HarRequest;
  response: HarResponse;
  cache: Record<string, never>;
  timings: HarTimings;
  comment?: string;
}

/** Sums up to the entry's `time`. */
export interface HarTimings {
  send: number;
  /** To the response head. */
  wait: number;
  /** From the response head to the end of the exchange. */
  receive: number;
}

export interface HarRequest {
  method: string;
  url: string;
  httpVersion: string;
  cookies: HarCookie[];
  headers: NameValue[];
  queryString: NameValue[];
  postData?: HarPostData;
  /** -1: unknown. */
  headersSize: number;
  bodySize: number;
}

export interface HarResponse {
  status: number;
  statusText: string;
  httpVersion: string;
  cookies: HarCookie[];
  headers: NameValue[];
  content: HarContent;
  redirectURL: string;
  /** -1: unknown. */
  headersSize: number;
  bodySize: number;
}

/** HAR 1.2 lets `text` and `params` exclude each other. */
export type HarPostData = { mimeType: string; comment?: string } & (
  | { text: string }
  | { params: HarParam[] }
);

export interface HarParam extends NameValue {
  fileName?: string;
  contentType?: string;
  comment?: string;
}

export interface HarContent {
  /** Bytes of the body after its content-encoding was undone. */
  size: number;
  mimeType: string;
  text?: string;
  encoding?: 'base64';
  comment?: string;
}

export interface HarCookie extends NameValue {
  path?: string;
  domain?: string;
  /** ISO 8601. */
  expires?: string;
  httpOnly?: boolean;
  secure?: boolean;
}
