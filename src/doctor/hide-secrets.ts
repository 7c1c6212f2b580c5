/** Of a shorter secret, its last characters would be too much of it. */
const SHORTEST_TO_END = 12;
/** A shorter one is hidden only as a whole word: `42` would stand in half of all texts. */
const SHORTEST_TO_SEEK = 6;

/** How a secret is shown: enough to tell two apart, for instance `******cdef (20 characters)`. */
export function shownSecret(secret: string): string {
  const end = secret.length >= SHORTEST_TO_END ? secret.slice(-4) : '';
  return `******${end} (${secret.length} character${secret.length === 1 ? '' : 's'})`;
}

/**
 * Texts without what a report may not show: the secrets that it is told, wherever they stand, and user
 * names, passwords and queries of URLs. Reports are pasted into tickets.
 */
export class SecretHider {
  readonly #secrets = new Set<string>();

  add(secret: string | undefined): void {
    if (secret !== undefined && secret !== '') this.#secrets.add(secret);
  }

  hide(text: string): string {
    let hidden = text;
    // The longest first: one may be part of another.
    for (const secret of [...this.#secrets].sort((a, b) => b.length - a.length)) {
      hidden = replaced(hidden, secret);
    }
    return hidden
      .replace(/(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/"'`]*@/gi, '$1******@')
      .replace(/(\b[a-z][a-z0-9+.-]*:\/\/[^\s?"'`]*\?)[^\s"'`]+/gi, '$1******');
  }
}

function replaced(text: string, secret: string): string {
  if (secret.length >= SHORTEST_TO_SEEK) return text.replaceAll(secret, '******');
  const literal = secret.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  return text.replace(new RegExp(`(?<![\\w-])${literal}(?![\\w-])`, 'g'), '******');
}
