import { decodeText } from './decode';
import type { HarParam } from './har';
import type { HeldBody } from './held-body';

/** What of a body may leave, and in which form. */
export type BodyContent =
  | { kind: 'text'; text: string }
  /** `text` is the same form, encoded. */
  | { kind: 'form'; params: HarParam[]; text: string }
  /** `multipart/form-data`; HAR 1.2 has no fields for a response, which shows `unparsed`. */
  | { kind: 'multipart'; params: HarParam[]; unparsed: BodyContent }
  | { kind: 'base64'; text: string }
  | { kind: 'left-out' };

/** What may leave of a body, and why that is not all. */
export interface FilteredBody {
  content: BodyContent;
  /** For the `comment` of the log; absent when nothing was withheld but what the lists name. */
  reason?: string;
}

/**
 * The whole body as it is: as text if it is text in the charset declared, or in UTF-8, else as
 * base64.
 */
export function rawContent({ text, encoded, bytes, truncated }: HeldBody): BodyContent {
  const readable = text ?? (encoded ? undefined : decodeText(bytes, undefined, truncated));
  return readable === undefined
    ? { kind: 'base64', text: bytes.toString('base64') }
    : { kind: 'text', text: readable };
}
