/** Bytes by character, of each charset that was asked for. */
const TABLES = new Map<string, Map<string, number[]>>();

/** A text in a charset that TextDecoder reads and Node.js cannot write; one or two bytes a character. */
export function encodeIn(charset: string, text: string): Buffer {
  const table = TABLES.get(charset) ?? tableOf(charset);
  TABLES.set(charset, table);
  return Buffer.from([...text].flatMap((character) => table.get(character) ?? [0x3f]));
}

function tableOf(charset: string): Map<string, number[]> {
  const decoder = new TextDecoder(charset);
  const table = new Map<string, number[]>();
  const add = (bytes: number[]) => {
    const character = decoder.decode(Uint8Array.from(bytes));
    if ([...character].length === 1 && character !== '\ufffd' && !table.has(character)) {
      table.set(character, bytes);
    }
  };
  for (let byte = 0; byte < 256; byte++) add([byte]);
  for (let lead = 0x81; lead < 0xff; lead++) {
    for (let trail = 0x40; trail < 0xff; trail++) add([lead, trail]);
  }
  return table;
}
