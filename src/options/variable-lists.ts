/** Lists in the text of a variable. What is not understood is an error: half a denylist hides half of what it should. */
import { faultOfEntry } from './list-entries';

/** Why a text is not understood; never its value. */
export class Misread {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

/**
 * Between commas: letters, digits, `_`, `-` and what paths are spelled with. All else that people write there
 * means something to another tool, and as a name would hide nothing: the quotes that `docker --env-file` keeps,
 * the line ends of a YAML block, `a;b`, `a:b`, `*a*`, `/a/`, `$A`, `user%5Bcard%5D`.
 */
const BETWEEN_COMMAS = /[^\p{L}\p{M}\p{N}_.[\]*-]/u;
/** Within the quotes of a JSON array, a few more are clearly part of the name. */
const BETWEEN_QUOTES = /[^\p{L}\p{M}\p{N}_.[\]* $:+#~!@-]/u;
/** What templates write for a value that they do not have. */
const NO_VALUE = /^(?:true|false|null|undefined|NaN)$/;

const HOST = /^(?:[\p{L}\p{N}._-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/iu;

/** Items separated by commas, or of a JSON array of strings. */
export function listFrom(text: string): string[] | undefined {
  return itemsOf(text)?.items;
}

/** Names and paths of a denylist or an allowlist; an entry that begins with `@` stands for a ready list. */
export function namesFrom(text: string): string[] | Misread | undefined {
  const list = itemsOf(text);
  if (list === undefined) return undefined;
  for (const [index, item] of list.items.entries()) {
    const reason = faultOf(item, list.isJson ? BETWEEN_QUOTES : BETWEEN_COMMAS);
    if (reason !== undefined) return new Misread(`entry ${index + 1} ${reason}`);
  }
  return list.items;
}

/** Hosts, with or without port. */
export function hostsFrom(text: string): string[] | Misread | undefined {
  const hosts = listFrom(text);
  const bad = hosts?.findIndex((host) => !HOST.test(host)) ?? -1;
  return bad < 0 ? hosts : new Misread(`entry ${bad + 1} is no host`);
}

function itemsOf(text: string): { items: string[]; isJson: boolean } | undefined {
  if (!text.startsWith('[')) {
    const items = text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '');
    // "," is what is left of "$A,$B" when both are empty: no list that somebody meant.
    return items.length > 0 ? { items, isJson: false } : undefined;
  }
  try {
    const items: unknown = JSON.parse(text);
    if (!Array.isArray(items) || !items.every((item) => typeof item === 'string')) return undefined;
    return { items, isJson: true };
  } catch {
    return undefined;
  }
}

function faultOf(entry: string, foreign: RegExp): string | undefined {
  if (entry === '' || entry !== entry.trim()) return 'is empty, or begins or ends with a space';
  const name = entry.startsWith('@') ? entry.slice(1) : entry;
  const character = foreign.exec(name)?.[0];
  if (character !== undefined) return `has ${JSON.stringify(character)} in it`;
  if (NO_VALUE.test(name)) return `is the word ${name}`;
  return name === '' ? 'is no name' : faultOfEntry(name);
}
