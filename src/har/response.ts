import type { RecordContents } from '../record/read-record';
import { redactHeaders } from '../redaction/headers';
import type { SecretMask } from '../redaction/mask';
import type { Policy } from '../redaction/policy';
import { type BodyDescription, describeBody } from './body';
import type { BodySettings } from './body-settings';
import { responseCookies } from './cookies';
import { fieldValue } from './fields';
import type { HarContent, HarResponse } from './har';
import { mimeTypeOf } from './media-type';

/** The response of an exchange as HAR 1.2 §response; status 0 when no head was sent. */
export function buildResponse(
  record: RecordContents,
  policy: Policy,
  settings: BodySettings,
  secrets?: SecretMask,
): HarResponse {
  const { responseBody: body, httpVersion } = record;
  const headers = redactHeaders(record.responseHeaders, policy);
  return {
    status: record.status,
    statusText: record.statusText,
    // Node.js answers requests of HTTP/1.0 with a status line of HTTP/1.1, as RFC 9110 §6.2 wants
    // it.
    httpVersion: httpVersion.startsWith('1.') ? 'HTTP/1.1' : `HTTP/${httpVersion}`,
    cookies: responseCookies(headers),
    headers,
    content: contentOf(
      describeBody(body, record.responseHeaders, policy, settings, secrets),
      mimeTypeOf(record.responseHeaders, headers, policy),
    ),
    redirectURL: fieldValue(headers, 'location') ?? '',
    headersSize: record.responseHeadersSize,
    bodySize: body.size,
  };
}

function contentOf(
  { size, content: described, comment }: BodyDescription,
  mimeType: string,
): HarContent {
  const content = described.kind === 'multipart' ? described.unparsed : described;
  return {
    size,
    mimeType,
    ...('text' in content && { text: content.text }),
    ...(content.kind === 'base64' && { encoding: 'base64' }),
    ...(comment !== undefined && { comment }),
  };
}
