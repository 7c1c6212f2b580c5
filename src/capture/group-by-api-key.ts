import type { IncomingMessage } from 'node:http';
import { ANONYMOUS_KEY } from '../har/redaction/secrets';
import type { ReadmeGroup } from '../options/readme-options';

/** The caller of a request without any key: its exchanges are logged, together under this name. */
const ANONYMOUS: ReadmeGroup = Object.freeze({ apiKey: ANONYMOUS_KEY, label: 'Anonymous' });

/**
 * Ready grouping function: the caller is who the API key in the request belongs to. It looks, in this
 * order, at `Authorization: Bearer <key>`, the user name of `Authorization: Basic`, the first header with
 * `api-key` (or `apikey`) in its name, and the query parameter `api_key`. A request without any of them
 * is grouped as "Anonymous".
 */
export function groupByApiKey(request: IncomingMessage): ReadmeGroup {
  const apiKey =
    fromAuthorization(request.headers.authorization) ??
    fromHeaders(request) ??
    fromQuery(request.url);
  return apiKey === undefined ? ANONYMOUS : { apiKey };
}

function fromAuthorization(value: string | undefined): string | undefined {
  const [, scheme, credentials] = /^(bearer|basic) +(\S+) *$/i.exec(value ?? '') ?? [];
  if (scheme === undefined || credentials === undefined) return undefined;
  if (scheme.toLowerCase() === 'bearer') return credentials;
  const user = Buffer.from(credentials, 'base64').toString('utf8').split(':', 1)[0];
  return user === '' ? undefined : user;
}

function fromHeaders({ headers }: IncomingMessage): string | undefined {
  for (const name in headers) {
    if (!name.includes('api-key') && !name.includes('apikey')) continue;
    const value = headers[name];
    const key = Array.isArray(value) ? value[0] : value;
    if (key !== undefined && key !== '') return key;
  }
  return undefined;
}

function fromQuery(url: string | undefined): string | undefined {
  const query = url?.indexOf('?') ?? -1;
  if (url === undefined || query < 0) return undefined;
  return new URLSearchParams(url.slice(query + 1)).get('api_key') || undefined;
}
