/**
 * The template that a path follows, from the parameters that a router has read out of it, in their order:
 * `/users/7` and `{ id: '7' }` give `/users/:id`.
 *
 * @returns `undefined` where more than one template, or none, would give these parameters: `/7/7` with one of
 * them, and a parameter that is only a part of a segment, or more than one.
 */
export function templateFromParams(
  path: string,
  params: Readonly<Record<string, unknown>>,
): string | undefined {
  const segments = path.split('/');
  // An optional parameter that is not there has no value.
  const given = Object.entries(params).filter(
    ([, value]) => value !== undefined && value !== null && value !== '',
  );
  const places: number[] = [];
  for (const [, value] of given) {
    const from = (places.at(-1) ?? -1) + 1;
    const place = segments.findIndex((segment, at) => at >= from && isValue(segment, value));
    if (place < 0) return undefined;
    places.push(place);
  }
  // From the other end: another place for any of them means that there are two ways to read the path.
  let before = segments.length;
  for (let index = given.length - 1; index >= 0; index--) {
    const [name, value] = given[index] as [string, unknown];
    const place = segments.findLastIndex((segment, at) => at < before && isValue(segment, value));
    if (place !== places[index]) return undefined;
    segments[place] = `:${name}`;
    before = place;
  }
  return segments.join('/');
}

/** Some routers decode the values, and some do not. */
function isValue(segment: string, value: unknown): boolean {
  if (segment === value) return true;
  if (!segment.includes('%')) return false;
  try {
    return decodeURIComponent(segment) === value;
  } catch {
    return false;
  }
}
