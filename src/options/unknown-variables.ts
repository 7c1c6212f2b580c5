/** Variables that look like this package's and are not: most of them are misspelt. */
import { knownVariables, optionOf, variableOf } from './environment';
import { ownVariable } from './own-variable';

/** A variable that begins with `README_` and is not read. */
export interface UnknownVariable {
  readonly variable: string;
  /** The variable that is probably meant; `undefined`: perhaps it is somebody else's. */
  readonly meant: string | undefined;
  /** The protecting option that is meant: without it, more would leave the process than whoever set it wants. */
  readonly protecting: ProtectingOption | undefined;
}

export type ProtectingOption = 'denylist' | 'allowlist' | 'allowedHttpHosts' | 'filterSpans';
const PROTECTING: ReadonlySet<string> = new Set<ProtectingOption>([
  'denylist',
  'allowlist',
  'allowedHttpHosts',
  'filterSpans',
]);

/** What other tools, and earlier SDKs of ReadMe, call them. */
const CALLED: readonly (readonly [RegExp, ProtectingOption])[] = [
  [/FILTER.*SPAN|SPAN.*FILTER|REDACT.*SPAN|SPAN.*REDACT/, 'filterSpans'],
  [/DENY|DENIED|BLACKLIST|BLOCKLIST/, 'denylist'],
  [/ALLOWLIST|WHITELIST|^ALLOW(?:ED)?(?:NAME|FIELD|KEY)?S?$/, 'allowlist'],
  [/ALLOW.*HOST/, 'allowedHttpHosts'],
];

/** Letters that may be wrong in a name that is still recognised. */
const MOST_SLIPS = 2;
const SHORTEST_PART = 4;

/** Variables of that environment that begin like this package's, have a value, and are not read. */
export function unknownVariables(environment: NodeJS.ProcessEnv): UnknownVariable[] {
  return Object.keys(environment)
    .filter(
      (variable) =>
        optionOf(variable) === undefined && ownVariable(environment, variable) !== undefined,
    )
    .flatMap((variable): UnknownVariable[] => {
      const rest = withoutPrefix(variable);
      if (rest === undefined) return [];
      // Without the underscore (README-DENYLIST, READMEDENYLIST) a name is ours only where it is almost one.
      const isOurs = /^README_/i.test(variable);
      const meant = almost(rest) ?? (isOurs ? called(rest) : undefined);
      if (meant !== undefined) {
        const option = optionOf(meant) as string;
        const protecting = PROTECTING.has(option) ? (option as ProtectingOption) : undefined;
        return [{ variable, meant, protecting }];
      }
      // README_HTTP may be of something else: a part of a name is a reason to ask, but not to stop.
      return isOurs ? [{ variable, meant: partOf(rest), protecting: undefined }] : [];
    });
}

/** The option that is probably meant by a name in code, such as `blacklist` or `filterSpan`. */
export function optionMeantBy(name: string): string | undefined {
  const rest = lettersOf(name);
  const meant = almost(rest) ?? called(rest);
  return meant && optionOf(meant);
}

/** The letters and digits of a name, in capitals: README_DENY_LIST and readme-denylist are meant to be the same. */
function lettersOf(name: string): string {
  return name.toUpperCase().replace(/[^A-Z0-9]/g, '');
}

function withoutPrefix(variable: string): string | undefined {
  return /^README(.+)/.exec(lettersOf(variable))?.[1];
}

const KNOWN = knownVariables().map((variable) => ({
  variable,
  rest: withoutPrefix(variable) as string,
}));

/** The variable from which a name differs by a slip or two. */
function almost(rest: string): string | undefined {
  const near = KNOWN.map(({ variable, rest: known }) => ({
    variable,
    slips: slipsBetween(rest, known),
    // Of a short name, two letters are half of it.
    most: Math.min(MOST_SLIPS, Math.floor(known.length / 4)),
  })).filter(({ slips, most }) => slips <= most);
  return least(near, ({ slips }) => slips)?.variable;
}

/** The variable of a protecting option that is called by another word. */
function called(rest: string): string | undefined {
  const option = CALLED.find(([words]) => words.test(rest))?.[1];
  return option && variableOf(option);
}

/** The variable of whose name a name is a part, or the other way round. */
function partOf(rest: string): string | undefined {
  const near = KNOWN.filter(({ rest: known }) => {
    const [short, long] = rest.length < known.length ? [rest, known] : [known, rest];
    return short.length >= SHORTEST_PART && long.includes(short);
  });
  return least(near, ({ rest: known }) => (known.startsWith(rest) ? 0 : known.length))?.variable;
}

function least<Item>(items: readonly Item[], of: (item: Item) => number): Item | undefined {
  return [...items].sort((one, other) => of(one) - of(other))[0];
}

/** Letters to insert, leave out, replace or swap with their neighbour (Damerau-Levenshtein, restricted). */
function slipsBetween(one: string, other: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let row = 1; row <= one.length; row++) {
    const current = [row];
    for (let column = 1; column <= other.length; column++) {
      const same = one[row - 1] === other[column - 1];
      let slips = Math.min(
        (last[column] as number) + 1,
        (current[column - 1] as number) + 1,
        (last[column - 1] as number) + (same ? 0 : 1),
      );
      const swapped = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      if (swapped) slips = Math.min(slips, (beforeLast[column - 2] ?? Infinity) + 1);
      current.push(slips);
    }
    beforeLast = last;
    last = current;
  }
  return last[other.length] as number;
}
