/** Name and value of one HTTP field, query parameter or form field. */
export interface NameValue {
  name: string;
  value: string;
}

/** Why a body, or a part of it, is not in the record. */
export type BodyLoss = 'truncated' | 'budget';

/** The captured bytes of one message body. */
export interface BodyRecord {
  /** Bytes seen on the wire, captured or not. */
  size: number;
  /** The captured bytes as text, when they are UTF-8 and carry no content-encoding. */
  text?: string;
  /** The captured bytes as they were, when they are not `text`. */
  bytes?: Uint8Array;
  /** `truncated`: fewer bytes were kept than seen. `budget`: none were kept, `maxBufferedBytes` was used up. */
  loss?: BodyLoss;
}

/**
 * One HTTP exchange as plain data: what a server span carries from the request path to the background.
 *
 * It holds nothing that a structured clone could not copy, so that it can be posted to a worker thread.
 * Secrets that no log may hold (the caller's API key, `Authorization`, cookie values) are gone from it
 * unless it has a `callerKey`; `denylist` and `allowlist` are applied when it becomes a HAR entry.
 */
export interface SpanRecord {
  /** UUID v4, `_id` of the log. */
  logId: string;
  /** Milliseconds since the Unix epoch at which the request head had been read. */
  startTime: number;
  /** Milliseconds from `startTime` to the end of the exchange. */
  duration: number;
  /** Milliseconds from `startTime` to the response head; absent when none was sent. */
  wait?: number;
  /** True when the connection closed before the response was complete. */
  aborted: boolean;
  /** Trace id of the application's own server span, 32 hexadecimal digits. */
  traceId?: string;
  /** Route template, for instance `/users/:id`. */
  route?: string;
  /** Address of the client; the empty string when it is unknown. */
  clientAddress: string;
  /**
   * The caller's API key. Present only in a record that came by no public span: `hideSecrets` has then
   * still to hide it, and it stays in the process.
   */
  callerKey?: string;
  /** Who is calling; `id` is masked, and empty while there is a `callerKey`. */
  group: { id: string; label?: string; email?: string };
  request: {
    method: string;
    /** Scheme, host, path and query as the client sent them. */
    url: string;
    /** For instance `1.1`. */
    httpVersion: string;
    headers: NameValue[];
    body: BodyRecord;
  };
  response: {
    /** Status code; 0 when no response head was sent. */
    status: number;
    statusText: string;
    headers: NameValue[];
    /** Bytes of the response head on the wire; -1 when unknown. */
    headersSize: number;
    body: BodyRecord;
  };
}
