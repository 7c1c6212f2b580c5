/** A text that occurs nowhere else, and that no encoder spells otherwise. */
export function mark(count: number): string {
  return `Qz${count}zQ`;
}

/** The marked strings and numbers in a text. */
export function marksIn(text: string): string[] {
  return text.match(/Qz\d+zQ|8080\d{4}0808/g) ?? [];
}

/** Which of the needles a value holds once it is serialised, in any encoding. */
export function leaksOf(value: unknown, needles: readonly string[]): string[] {
  if (needles.length === 0) return [];
  const payload = JSON.stringify(value);
  const haystack = [payload, ...unpacked(value)].join('\n');
  return needles.filter((needle) =>
    [...spellings(needle), ...base64s(needle)].some((spelling) => haystack.includes(spelling)),
  );
}

function spellings(text: string): string[] {
  const json = JSON.stringify(text).slice(1, -1);
  const percent = encodeURIComponent(text);
  const form = new URLSearchParams([['', text]]).toString().slice(1);
  return [text, json, JSON.stringify(json).slice(1, -1), percent, percent.toLowerCase(), form];
}

/** The text in the middle of a base64 text, wherever its first byte falls. */
function base64s(text: string): string[] {
  return [0, 1, 2].map((shift) => {
    const base64 = Buffer.concat([Buffer.alloc(shift), Buffer.from(text)]).toString('base64');
    // What shares a character with a neighbour says nothing.
    return base64.replace(/=+$/, '').slice(shift === 0 ? 0 : shift + 1, -1);
  });
}

/** All strings in a value as what their base64 or their percent-encoding stands for, ASCII of any width. */
function unpacked(value: unknown): string[] {
  if (typeof value === 'string') {
    const readings = [decodePercent(value), unescaped(value)];
    if (/^[\w+/-]+=*$/.test(value)) readings.push(Buffer.from(value, 'base64').toString('latin1'));
    return readings.map((text) => text.replaceAll('\0', ''));
  }
  if (value === null || typeof value !== 'object') return [];
  return Object.values(value).flatMap(unpacked);
}

function decodePercent(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}

function unescaped(text: string): string {
  return text.replace(/\\u([0-9a-f]{4})|\\(.)/gi, (_, code?: string, character?: string) =>
    code === undefined ? (character ?? '') : String.fromCharCode(Number.parseInt(code, 16)),
  );
}
