import type { Policy } from '../redaction/policy';

/** Why not all of a JSON body is shown that is not whole, or not valid. */
export function jsonReason(kind: 'part' | 'invalid', truncated: boolean, { mode }: Policy): string {
  const list = mode === 'deny' ? 'a denylist' : 'an allowlist';
  if (kind === 'part') {
    return truncated
      ? 'filtered: only the leading members that are whole are sent'
      : `filtered: not valid JSON, with ${list} only the leading members that are whole are sent`;
  }
  return truncated
    ? `no member of the JSON was kept whole, with ${list} nothing of it can be sent`
    : `not valid JSON, with ${list} nothing of it can be sent`;
}
