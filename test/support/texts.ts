/** All strings in a JSON value, names included; what is marked as base64 also decoded. */
export function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsOf);
  if (value === null || typeof value !== 'object') return [];
  const { text, encoding, comment } = value as Record<string, unknown>;
  const isBase64 = encoding === 'base64' || String(comment ?? '').includes('base64');
  const decoded =
    isBase64 && typeof text === 'string'
      ? (['utf8', 'utf16le', 'latin1'] as const).map((charset) =>
          Buffer.from(text, 'base64').toString(charset),
        )
      : [];
  return [
    ...Object.entries(value).flatMap(([name, inner]) => [name, ...textsOf(inner)]),
    ...decoded,
  ];
}

/** A text as it is, and as who reads it as URL, form or JSON understands it. */
export function spellingsOf(text: string): string[] {
  return [
    text,
    decodePercent(text),
    decodePercent(text.replaceAll('+', ' ')),
    text.replace(/\\u([0-9a-f]{4})|\\(.)/gi, (_, code?: string, character?: string) =>
      code === undefined ? (character ?? '') : String.fromCharCode(Number.parseInt(code, 16)),
    ),
  ];
}

/** Understands what it can: one stray `%` does not hide the rest. */
function decodePercent(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (escapes) =>
    Buffer.from(escapes.replaceAll('%', ''), 'hex').toString('utf8'),
  );
}
