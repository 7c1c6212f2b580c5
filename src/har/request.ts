import type { SpanRecord } from '../record/span-record';
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
  request: SpanRecord['request'],
  policy: Policy,
  settings: BodySettings,
  secrets?: SecretMask,
): HarRequest {
  const { body } = request;
  const headers = redactHeaders(request.headers, policy);
  // Encoded before it is redacted, so that a name sent as raw UTF-8 bytes is read as what it says.
  const url = asUri(request.url);
  return {
    method: request.method,
    url: redactUrl(url, policy),
    httpVersion: `HTTP/${request.httpVersion}`,
    cookies: requestCookies(headers),
    headers,
    queryString: queryString(url, policy),
    ...(body.size > 0 && {
      postData: postDataOf(
        describeBody(body, request.headers, policy, settings, secrets),
        mimeTypeOf(request.headers, headers, policy),
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
