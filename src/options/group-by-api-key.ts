import type { IncomingMessage } from 'node:http';
import { requestFields } from '../record/field-texts';
import { ANONYMOUS_KEY } from '../redaction/secrets';
import type { ReadmeGroup } from './readme-options';

/** The caller of a request without any key: its exchanges are logged, together under this name. */
const ANONYMOUS: ReadmeGroup = Object.freeze({ apiKey: ANONYMOUS_KEY, label: 'Anonymous' });

/**
 * Ready grouping function: the caller is who the API key in the request belongs to. It looks, in this
 * order, at `Authorization: Bearer <key>` (also `Token` and `ApiKey`), the user name of
 * `Authorization: Basic`, the first header with `api-key` or `apikey` in its name, and the query parameter
 * `api_key` (also `api-key` and `apikey`, in any case). A request without any of them is grouped as
 * "Anonymous".
 */
export function groupByApiKey(request: IncomingMessage): ReadmeGroup {
  const apiKey =
    fromAuthorization(request.headers.authorization) ??
    fromHeaders(request.rawHeaders?.length > 0 ? request.rawHeaders : requestFields(request)) ??
    fromQuery(request.url);
  return apiKey === undefined ? ANONYMOUS : { apiKey };
}

function fromAuthorization(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const [, scheme, credentials] = /^(bearer|token|apikey|basic) +(\S+) *$/i.exec(value) ?? [];
  if (scheme === undefined || credentials === undefined) return undefined;
  if (scheme.toLowerCase() !== 'basic') return credentials;
  const user = Buffer.from(credentials, 'base64').toString('utf8').split(':', 1)[0];
  return user === '' ? undefined : user;
}

/** The raw ones: of a header that comes twice, `headers` has both values in one string, which is no key. */
function fromHeaders(rawHeaders: readonly string[]): string | undefined {
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const value = rawHeaders[index + 1];
    if (value && /api-?key/i.test(rawHeaders[index] as string)) return value;
  }
  return undefined;
}

function fromQuery(url: string | undefined): string | undefined {
  const query = url?.indexOf('?') ?? -1;
  if (url === undefined || query < 0) return undefined;
  for (const [name, value] of new URLSearchParams(url.slice(query + 1))) {
    if (value !== '' && /^api[-_]?key$/i.test(name)) return value;
  }
  return undefined;
}
