import { createHash } from 'node:crypto';

const bodyNames = <Side extends 'request' | 'response'>(side: Side) =>
  ({
    content: `http.${side}.body.content`,
    size: `http.${side}.body.size`,
    mimeType: `readme.${side}.body.mime_type`,
    truncated: `readme.${side}.body.truncated`,
    length: `readme.${side}.body.content_length`,
    params: `readme.${side}.body.params`,
    encoding: `readme.${side}.body.encoding`,
    contentSize: `readme.${side}.body.content_size`,
    comment: `readme.${side}.body.comment`,
  }) as const;

/** Attributes of a span whose exchange was filtered before it was put on it (`filterSpans`). */
export const FILTERED = {
  filtered: 'readme.filtered',
  /** Digest of the lists that were applied. */
  lists: 'readme.filtered.lists',
  /** Name, value, name, value, … as HAR 1.2 §queryString shows them. */
  query: 'readme.request.query',
  request: bodyNames('request'),
  response: bodyNames('response'),
} as const;

/** Equal for equal lists; it does not say what is in them. */
export function listsDigest(lists: string): string {
  return createHash('sha256').update(lists).digest('hex').slice(0, 16);
}
