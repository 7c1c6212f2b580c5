import type { Attributes, AttributeValue, Span } from '@opentelemetry/api';
import { redactHeaders } from '../redaction/headers';
import type { SecretMask } from '../redaction/mask';
import type { Policy } from '../redaction/policy';
import { redactPairs, redactUrl } from '../redaction/url';
import { boundedFields, boundedUrl } from './filter-bounds';

/** URLs and parts of them that HttpInstrumentation puts on a server span, by either semantic convention. */
const URLS = ['url.full', 'url.path', 'http.url', 'http.target'];
const QUERY = 'url.query';
/** Those of `headersToSpanAttributes`: `http.request.header.x-name`, in old versions with `_` for `-`. */
const HEADER = /^http\.(?:request|response)\.header\.(.+)$/;
const USER_AGENTS = ['user_agent.original', 'http.user_agent'];
/** The first address of X-Forwarded-For, where there is one. */
const CLIENT_ADDRESSES = ['client.address', 'http.client_ip'];
const REDACTED = /^\[REDACTED(?: \d+)?\]$/;

/** Applies the lists to what HttpInstrumentation itself has put on a span by now: the query, the URL, header fields. */
export function filterInstrumentation(span: Span, policy: Policy): void {
  change(span, (name, value) => {
    if (URLS.includes(name)) return redactUrl(boundedUrl(value), policy);
    return name === QUERY ? redactPairs(boundedUrl(`?${value}`).slice(1), policy) : value;
  });
  filterHeaders(span, policy);
}

/** Applies the lists to header fields that were captured since, and hides the caller's key everywhere. */
export function hideInInstrumentation(span: Span, policy: Policy, secrets: SecretMask): void {
  filterHeaders(span, policy);
  change(span, (name, value) => {
    if (name === QUERY) return secrets.hideInQuery(value);
    const field = fieldOf(name);
    if (field !== undefined) return hidden(field.replaceAll('_', '-'), value, secrets);
    return URLS.includes(name) ? secrets.hideInUrl(value) : value;
  });
}

/** The header field that an attribute is made of. */
function fieldOf(name: string): string | undefined {
  if (CLIENT_ADDRESSES.includes(name)) return 'x-forwarded-for';
  return USER_AGENTS.includes(name) ? 'user-agent' : HEADER.exec(name)?.[1];
}

function hidden(name: string, value: string, secrets: SecretMask): string {
  return secrets.hideInHeaders([{ name, value }])[0]?.value ?? '';
}

function filterHeaders(span: Span, policy: Policy): void {
  change(span, (name, value) => {
    const field = fieldOf(name);
    if (field === undefined || REDACTED.test(value)) return value;
    // An allowlist has no say in the address of a log either.
    if (CLIENT_ADDRESSES.includes(name) && policy.mode !== 'deny') return value;
    for (const spelling of [field, field.replaceAll('_', '-')]) {
      const [shown] = redactHeaders(boundedFields([{ name: spelling, value }]), policy);
      if (shown?.value !== value) return shown?.value ?? '[REDACTED]';
    }
    return value;
  });
}

/** Replaces the strings, and those in arrays, for which there is another value. */
function change(span: Span, to: (name: string, value: string) => string): void {
  // Of an SDK's span; what is none has no attributes that could be seen.
  const { attributes } = span as Span & { readonly attributes?: Attributes };
  for (const [name, value] of Object.entries(attributes ?? {})) {
    const changed = changedValue(value, (text) => to(name, text));
    if (changed !== undefined) span.setAttribute(name, changed);
  }
}

function changedValue(
  value: AttributeValue | undefined,
  to: (text: string) => string,
): AttributeValue | undefined {
  if (typeof value === 'string') {
    const text = to(value);
    return text === value ? undefined : text;
  }
  if (!Array.isArray(value)) return undefined;
  const texts = value.map((item) => (typeof item === 'string' ? to(item) : item));
  return texts.some((text, index) => text !== value[index]) ? (texts as string[]) : undefined;
}
