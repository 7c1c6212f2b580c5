import { type ExpressLayer, isLiteral, matchLayer } from './express-layer';

/** An application of Express, as far as it says which routers it has mounted where. */
export interface ExpressApp {
  /** Express 4; its `router` throws. */
  readonly _router?: unknown;
  readonly router?: unknown;
  readonly parent?: ExpressApp;
  readonly mountpath?: unknown;
}

/** Where a route stands: the layers that its routers are mounted by, and its own. */
interface Place {
  readonly mounts: readonly ExpressLayer[];
  readonly layer: ExpressLayer;
}

interface Places {
  readonly all: readonly Place[];
  /** True when no path that a router is mounted at has a parameter. */
  readonly literal: boolean;
}

/** Where the routers of a route are mounted, as a template, and what the route itself matches. */
export interface Mounted {
  readonly template: string;
  /** Characters of the path that the mounts have matched. */
  readonly length: number;
  readonly layer: ExpressLayer | undefined;
}

const MOST_LAYERS = 20_000;
const MOST_DEPTH = 20;
/**
 * Searches of one application in vain: one that makes a router for each request has routes that stand nowhere, and
 * each of its requests would walk all the others.
 */
const MOST_IN_VAIN = 10;
const NOWHERE: Places = { all: [], literal: true };

/** Of every router that an application begins with, the places of its routes. They are searched for once. */
const known = new WeakMap<object, KnownPlaces>();

interface KnownPlaces {
  readonly byRoute: WeakMap<object, Places>;
  searchedInVain: number;
}

/**
 * Finds out which mount paths `base` stands for: the `/users/42` of a router that is mounted at `/users/:uid`.
 * Express itself keeps only the text that has matched.
 *
 * @param path `baseUrl`, or the whole path where that is lost.
 * @param whole whether the mount paths have to match all of `path`.
 * @returns `undefined` when it cannot be known.
 */
export function mountedAt(
  app: ExpressApp,
  route: object,
  path: string,
  whole: boolean,
): Mounted | undefined {
  const outer = matchApps(app, path);
  if (outer === undefined) return undefined;
  const { all, literal } = placesOf(app, route);
  if (whole && literal && outer.length === 0) {
    return { template: path, length: path.length, layer: all[0]?.layer };
  }
  for (const { mounts, layer } of all) {
    const inner = matchAll(mounts, path.slice(outer.length));
    if (inner === undefined) continue;
    const length = outer.length + inner.length;
    if (!whole || path.length - length === 0) {
      return { template: outer.template + inner.template, length, layer };
    }
  }
  return undefined;
}

/** An application that is mounted in another says at which path, and the other which it was. */
function matchApps(
  { parent, mountpath }: ExpressApp,
  path: string,
): { template: string; length: number } | undefined {
  if (parent === undefined) return { template: '', length: 0 };
  const outer = matchApps(parent, path);
  if (outer === undefined) return undefined;
  const rest = path.slice(outer.length);
  for (const candidate of [mountpath].flat(MOST_DEPTH)) {
    if (typeof candidate !== 'string') continue;
    const template = withoutSlash(candidate);
    const length = lengthOfSegments(template, rest);
    if (length === undefined) continue;
    return { template: outer.template + template, length: outer.length + length };
  }
  return undefined;
}

/** Segment by segment: what has parameters within a segment is not understood. */
function lengthOfSegments(template: string, path: string): number | undefined {
  if (template === '') return 0;
  const wanted = template.split('/');
  const given = path.split('/').slice(0, wanted.length);
  const matches = wanted.every((segment, index) => {
    const text = given[index];
    if (text === undefined) return false;
    return /^:\w+$/.test(segment) ? text !== '' : text.toLowerCase() === segment.toLowerCase();
  });
  return matches ? given.join('/').length : undefined;
}

function matchAll(
  mounts: readonly ExpressLayer[],
  path: string,
): { template: string; length: number } | undefined {
  let template = '';
  let length = 0;
  for (const layer of mounts) {
    // To a router the rest of a path is `/` at the least.
    const match = matchLayer(layer, path.slice(length) || '/');
    if (match === undefined) return undefined;
    template += withoutSlash(match.template);
    length += Math.min(match.length, path.length - length);
    // Nor does `baseUrl` have the slash that a mount path may have matched.
    if (match.length > 0 && path[length - 1] === '/') length -= 1;
  }
  return { template, length };
}

function withoutSlash(path: string): string {
  return path.endsWith('/') ? path.slice(0, -1) : path;
}

function placesOf(app: ExpressApp, route: object): Places {
  const root = (app._router ?? app.router) as { readonly stack?: unknown };
  let index = known.get(root);
  if (index === undefined) {
    index = { byRoute: new WeakMap(), searchedInVain: 0 };
    known.set(root, index);
  }
  const { byRoute } = index;
  let places = byRoute.get(route);
  if (places === undefined) {
    if (index.searchedInVain >= MOST_IN_VAIN) return NOWHERE;
    for (const [found, all] of collect(root)) {
      byRoute.set(found, { all, literal: all.every(({ mounts }) => mounts.every(isLiteral)) });
    }
    places = byRoute.get(route);
    if (places === undefined) {
      places = NOWHERE;
      index.searchedInVain++;
      byRoute.set(route, places);
    }
  }
  return places;
}

/** Walks all routers once, so that the next route need not be searched for. */
function collect(root: { readonly stack?: unknown }): Map<object, Place[]> {
  const found = new Map<object, Place[]>();
  let left = MOST_LAYERS;
  const visit = (stack: unknown, mounts: readonly ExpressLayer[]): void => {
    if (!Array.isArray(stack) || mounts.length > MOST_DEPTH) return;
    for (const layer of stack as ExpressLayer[]) {
      if (left-- <= 0) return;
      if (layer.route !== undefined) {
        const places = found.get(layer.route);
        if (places === undefined) found.set(layer.route, [{ mounts, layer }]);
        else places.push({ mounts, layer });
      } else if (layer.handle?.stack !== undefined) {
        visit(layer.handle.stack, [...mounts, layer]);
      }
    }
  };
  visit(root.stack, []);
  return found;
}
