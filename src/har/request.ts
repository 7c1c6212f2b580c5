import type { RecordContents } from '../record/read-record';
import { redactHeaders } from '../redaction/headers';
import type { SecretMask } from '../redaction/mask';
import type { Policy } from '../redaction/policy';
import { queryString, redactUrl } from '../redaction/url';
import { type BodyDescription, describeBody } from './body';
import type { BodySettings } from './body-settings';
import { requestCookies } from './cookies';
import type { HarPostData, HarRequest } from './har';
import { mimeTypeOf } from './media-type';
import { asUri } from './uri';

/** The request of an exchange as HAR 1.2 §request; `postData` only where there was a body. */
export function buildRequest(
  record: RecordContents,
  policy: Policy,
  settings: BodySettings,
  secrets?: SecretMask,
): HarRequest {
  const { requestBody: body } = record;
  const headers = redactHeaders(record.requestHeaders, policy);
  // Encoded before it is redacted, so that a name sent as raw UTF-8 bytes is read as what it says.
  const url = asUri(record.url);
  return {
    method: record.method,
    url: redactUrl(url, policy),
    httpVersion: `HTTP/${record.httpVersion}`,
    cookies: requestCookies(headers),
    headers,
    queryString: queryString(url, policy),
    ...(body.size > 0 && {
      postData: postDataOf(
        describeBody(body, record.requestHeaders, policy, settings, secrets),
        mimeTypeOf(record.requestHeaders, headers, policy),
      ),
    }),
    headersSize: -1,
    bodySize: body.size,
  };
}

function postDataOf({ content, comment }: BodyDescription, mimeType: string): HarPostData {
  switch (content.kind) {
    case 'form':
    case 'multipart':
      return { mimeType, params: content.params, ...remarks(comment) };
    case 'base64':
      // HAR 1.2 has `encoding` for responses only.
      return { mimeType, text: content.text, ...remarks('base64', comment) };
    case 'text':
      return { mimeType, text: content.text, ...remarks(comment) };
    case 'left-out':
      return { mimeType, text: '', ...remarks(comment) };
  }
}

function remarks(...parts: (string | undefined)[]): { comment?: string } {
  const comment = parts.filter((part) => part !== undefined).join('; ');
  return comment === '' ? {} : { comment };
}
