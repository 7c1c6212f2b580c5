/** What a percent-encoding of JSON-like separators (`=?#&;`) looks like, encoded once or more. */
export const ENCODED_SEPARATOR = /%(?:25)*(?:3[bdf]|2[36])/i;

/**
 * Decodes a name or a value as `application/x-www-form-urlencoded` (WHATWG URL Standard §5.1), which knows no
 * malformed escape. Not by `URLSearchParams`: to that, an `&` in the text ends the value.
 */
export function decodeForm(text: string): string {
  if (!text.includes('%') && !text.includes('+')) return text;
  const spaced = text.replaceAll('+', ' ');
  try {
    return decodeURIComponent(spaced);
  } catch {
    return Buffer.from(bytesOf(spaced), 'latin1').toString('utf8');
  }
}

/** The same where the escapes stand for bytes of latin1; undefined where they stand for UTF-8. */
export function decodeLatin1Form(text: string): string | undefined {
  if (!/%[89a-f]/i.test(text)) return undefined;
  const spaced = text.replaceAll('+', ' ');
  try {
    decodeURIComponent(spaced);
    return undefined;
  } catch {
    return bytesOf(spaced);
  }
}

/** One character a byte. */
function bytesOf(text: string): string {
  return Buffer.from(text, 'utf8')
    .toString('latin1')
    .replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
}
