import fc from 'fast-check';

/** What JSON.parse gives. */
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** An entry of a list, and what it means. */
export interface Listed {
  entry: string | RegExp;
  tokens: Token[];
}

type Token = string | number | RegExp | '[]' | '**';
type Path = readonly (string | number)[];
type Mode = 'deny' | 'allow';

/** What a denylist should leave of a document. */
export function denied(value: Json, list: readonly Listed[], path: Path = []): Json {
  const hides = ({ tokens }: Listed) =>
    rests(tokens[0] instanceof RegExp ? ['**', ...tokens] : tokens, path, 'deny').some(isEnd);
  if (list.some(hides)) {
    return typeof value === 'string' ? `[REDACTED ${value.length}]` : '[REDACTED]';
  }
  if (Array.isArray(value)) return value.map((item, index) => denied(item, list, [...path, index]));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, denied(item, list, [...path, name])]),
  );
}

/** What an allowlist should leave of a document; `undefined` for nothing. */
export function allowed(value: Json, list: readonly Listed[], path: Path = []): Json | undefined {
  const left = list.flatMap(({ tokens }) => rests(tokens, path, 'allow'));
  if (path.length > 0 && left.some(isEnd)) return value;
  if (Array.isArray(value)) {
    const leads = path.length === 0 || left.some(([next]) => next === '**' || isElement(next));
    if (!leads) return undefined;
    const items = value
      .map((item, index) => allowed(item, list, [...path, index]))
      .filter((item) => item !== undefined);
    return items.length > 0 || path.length === 0 ? items : undefined;
  }
  if (value === null || typeof value !== 'object') return undefined;
  if (!left.some(([next]) => next !== undefined && !isElement(next))) return undefined;
  const members = Object.entries(value)
    .map(([name, item]) => [name, allowed(item, list, [...path, name])] as const)
    .filter((member): member is readonly [string, Json] => member[1] !== undefined);
  return members.length > 0 || path.length === 0 ? Object.fromEntries(members) : undefined;
}

/** What is left of the tokens after each way in which they can match a path. */
function rests(tokens: Token[], path: Path, mode: Mode, depth = 0): Token[][] {
  const [step, ...further] = path;
  if (step === undefined) return tokens[0] === '**' ? [tokens, tokens.slice(1)] : [tokens];
  const [token, ...others] = tokens;
  const on = (left: Token[]) => rests(left, further, mode, depth + 1);
  if (token === undefined) return [];
  if (token === '**') return [...on(tokens), ...rests(others, path, mode, depth)];
  if (typeof step === 'string') {
    if (token instanceof RegExp) return token.test(step) ? on(others) : [];
    const matches = !isElement(token) && String(token).toLowerCase() === step.toLowerCase();
    return matches ? on(others) : [];
  }
  if (isElement(token)) return token === '[]' || token === step ? on(others) : [];
  return mode === 'deny' || depth === 0 ? on(tokens) : [];
}

function isEnd(tokens: Token[]): boolean {
  return tokens.every((token) => token === '**');
}

function isElement(token: Token | undefined): boolean {
  return token === '[]' || typeof token === 'number';
}

const name = fc.constantFrom('a', 'b', 'c', 'Id', 'é"');

/** Documents of few names, so that entries meet them. */
export const document: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.oneof(
      fc.constantFrom(null, true, false),
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n + 0),
      // What is hidden of URLs, and of JSON, in strings is another thing: json-strings.test.ts.
      fc.string().map((text) => text.replaceAll(/[=%@{[]/g, '-')),
    ),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom('a', 'A', 'b', 'c', 'id', 'é"', 'x'), tie('value'), {
      maxKeys: 5,
      noNullPrototype: true,
    }),
  ),
})).value;

const brackets = fc.array(fc.constantFrom<Token>('[]', 0, 1), { maxLength: 2 });

/** Entries of every kind. */
export const entries: fc.Arbitrary<Listed[]> = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc
        .array(
          fc.oneof(
            {
              weight: 4,
              arbitrary: fc.tuple(name, brackets).map(([first, rest]): Token[] => [first, ...rest]),
            },
            { weight: 1, arbitrary: fc.constant<Token[]>(['**']) },
          ),
          { minLength: 1, maxLength: 3 },
        )
        .map(
          (parts): Listed => ({
            entry: parts
              .map(
                ([first, ...rest]) =>
                  first +
                  rest.map((token) => (token === '[]' ? '[]' : `[${String(token)}]`)).join(''),
              )
              .join('.'),
            tokens: parts.flat(),
          }),
        ),
    },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom(/^i/, /b|c/g, /^A$/)
        .map((entry): Listed => ({ entry, tokens: [new RegExp(entry.source, 'i')] })),
    },
  ),
  { minLength: 1, maxLength: 4 },
);

/** The document with every string in it unlike all others. */
export function marked(value: Json): Json {
  let count = 0;
  return JSON.parse(JSON.stringify(value), (_name, item: Json) => {
    if (typeof item !== 'string') return item;
    count += 1;
    return `<${count}>${item}`;
  });
}

/** Whether a document is another one without some of the last members or elements of what is open at its end. */
export function leads(part: Json, whole: Json): boolean {
  if (Array.isArray(part)) {
    return Array.isArray(whole) && leadsIn(part.map(pair), whole.map(pair));
  }
  if (part === null || typeof part !== 'object') return part === whole;
  if (whole === null || typeof whole !== 'object' || Array.isArray(whole)) return false;
  return leadsIn(Object.entries(part), Object.entries(whole));
}

function leadsIn(part: [string, Json][], whole: [string, Json][]): boolean {
  return part.every(([name, item], index) => {
    const [otherName, other] = whole[index] ?? [];
    if (name !== otherName || other === undefined) return false;
    if (index < part.length - 1) return JSON.stringify(item) === JSON.stringify(other);
    return leads(item, other);
  });
}

function pair(item: Json, index: number): [string, Json] {
  return [String(index), item];
}

/** All strings in a document that are values. */
export function strings(value: Json): string[] {
  if (typeof value === 'string') return [value];
  if (value === null || typeof value !== 'object') return [];
  return Object.values(value).flatMap(strings);
}

interface Spelling {
  spaces: string[];
  escapes: boolean;
}

/** A way to write a document. */
export const spelling: fc.Arbitrary<Spelling> = fc.record({
  spaces: fc.array(fc.constantFrom('', '', ' ', '\n', '\t', '\r\n  '), {
    minLength: 1,
    maxLength: 5,
  }),
  escapes: fc.boolean(),
});

/** The document as JSON text. */
export function spelled(value: Json, { spaces, escapes }: Spelling): string {
  let count = 0;
  const space = () => spaces[count++ % spaces.length];
  const string = (text: string) => {
    const json = JSON.stringify(text);
    return escapes ? json.replace(/[abcI]/g, escaped) : json;
  };
  const write = (item: Json): string => {
    if (typeof item === 'string') return string(item);
    if (Array.isArray(item))
      return `[${item.map((x) => space() + write(x) + space()).join(',')}${space()}]`;
    if (item === null || typeof item !== 'object') return JSON.stringify(item);
    const members = Object.entries(item).map(
      ([key, x]) => `${space()}${string(key)}${space()}:${space()}${write(x)}${space()}`,
    );
    return `{${members.join(',')}${space()}}`;
  };
  return space() + write(value) + space();
}

function escaped(character: string): string {
  return `\\u00${character.charCodeAt(0).toString(16)}`;
}
