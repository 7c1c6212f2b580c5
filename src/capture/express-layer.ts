import { templateFromParams } from './route-from-params';

/**
 * What a layer of an Express router says about its path. Express 5 has `matchers`, with `rawPath` from router
 * 2.3 on; Express 4 has `regexp` and `keys`, of which it has lost the path that they were made of.
 */
export interface ExpressLayer {
  readonly handle?: { readonly stack?: unknown };
  readonly route?: object;
  /** True for a mount path of `/`. */
  readonly slash?: unknown;
  readonly matchers?: readonly ((path: string) => false | Match)[];
  readonly rawPath?: unknown;
  readonly regexp?: RegExp & { readonly fast_slash?: boolean; readonly fast_star?: boolean };
  readonly keys?: readonly { readonly name: string | number }[];
}

interface Match {
  readonly path: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** The beginning of a path that a layer matches, and the template that it follows. */
export interface MatchedPath {
  readonly length: number;
  readonly template: string;
}

const TEMPLATE = /[:*({[?+\\]/;

/** Whether a layer matches one text only, which is then its template. */
export function isLiteral({ slash, rawPath, regexp, keys }: ExpressLayer): boolean {
  if (slash === true || regexp?.fast_slash === true) return true;
  if (regexp !== undefined) return keys?.length === 0;
  return typeof rawPath === 'string' && !TEMPLATE.test(rawPath);
}

/**
 * Matches a layer without its own `match()`, which writes to the layer of Express 4.
 *
 * @param paths what the layer was made of, where that is known.
 */
export function matchLayer(
  layer: ExpressLayer,
  path: string,
  paths: unknown = layer.rawPath,
): MatchedPath | undefined {
  if (layer.slash === true || layer.regexp?.fast_slash === true) return { length: 0, template: '' };
  if (layer.regexp?.fast_star === true) return { length: path.length, template: '/*' };
  if (layer.regexp !== undefined) return matchRegExp(layer.regexp, layer.keys ?? [], path);
  for (const [index, matcher] of (layer.matchers ?? []).entries()) {
    const match = matcher(path);
    if (match === false) continue;
    const source = Array.isArray(paths) ? paths.flat(Number.POSITIVE_INFINITY)[index] : paths;
    const template =
      typeof source === 'string' ? source : templateFromParams(match.path, match.params);
    return template === undefined ? undefined : { length: match.path.length, template };
  }
  return undefined;
}

const withIndices = new WeakMap<RegExp, RegExp>();

/** Puts the names of Express 4's parameters where the groups of its RegExp have found their values. */
function matchRegExp(
  regexp: RegExp,
  keys: NonNullable<ExpressLayer['keys']>,
  path: string,
): MatchedPath | undefined {
  let indexed = withIndices.get(regexp);
  if (indexed === undefined) {
    indexed = new RegExp(regexp.source, `${regexp.flags.replace(/[dgy]/g, '')}d`);
    withIndices.set(regexp, indexed);
  }
  const match = indexed.exec(path);
  if (match?.indices === undefined || match.index !== 0) return undefined;
  // A `*` of a path becomes this, with a number for its name.
  const hasWildcard = regexp.source.includes('(.*)');
  let template = '';
  let done = 0;
  for (const [index, { name }] of keys.entries()) {
    const [start, end] = match.indices[index + 1] ?? [];
    if (start === undefined || end === undefined || start < done) continue;
    template += path.slice(done, start);
    template += typeof name === 'number' && hasWildcard ? '*' : `:${name}`;
    done = end;
  }
  return { length: match[0].length, template: template + match[0].slice(done) };
}
