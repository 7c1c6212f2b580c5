import type { Attributes } from '@opentelemetry/api';
import type { BodyMembers, FilteredSide } from '../har/filtered-side';
import type { HarParam, Side } from '../har/har';
import type { BodySource } from '../record/record';
import { FILTERED } from './filtered-names';

const CUT = 'truncated: by the span limits of the provider';

/** Whether the exchange on a span was filtered before it was put there. */
export function isFiltered(attributes: Attributes): boolean {
  return attributes[FILTERED.filtered] === true;
}

/** One side of a filtered exchange, as it stands in place of the body in its record. */
export function decodeSide(side: Side, attributes: Attributes): BodySource {
  const name = FILTERED[side];
  const size = Number(attributes[name.size] ?? 0);
  const query = attributes[FILTERED.query];
  const filtered: FilteredSide = {
    mimeType: text(attributes[name.mimeType]) ?? 'text/plain',
    ...(side === 'request' && Array.isArray(query) && { query: pairs(query) }),
    members: membersOf(side, attributes),
  };
  return { size, loss: undefined, blocks: [Buffer.from(JSON.stringify(filtered))] };
}

function membersOf(side: Side, attributes: Attributes): BodyMembers {
  const name = FILTERED[side];
  const length = attributes[name.length];
  const content = text(attributes[name.content]);
  const encoding = attributes[name.encoding] === 'base64' ? ('base64' as const) : undefined;
  const size = attributes[name.contentSize];
  const comment = text(attributes[name.comment]);
  const given = attributes[name.params];
  const params = given === undefined ? undefined : paramsFrom(given);
  const isCut =
    (given !== undefined && params === undefined) ||
    (typeof length === 'number' && (content?.length ?? 0) < length);
  const remarks = [comment, isCut ? CUT : undefined].filter((remark) => remark !== undefined);
  // Without its end, base64 is none.
  const shown = isCut && encoding !== undefined ? undefined : content;
  return {
    ...(params !== undefined
      ? { params }
      : shown !== undefined
        ? { text: isCut ? shown.replace(/[\ud800-\udbff]$/, '') : shown }
        : side === 'request' && { text: '' }),
    ...(encoding !== undefined && shown !== undefined && { encoding }),
    ...(typeof size === 'number' && { size }),
    ...(remarks.length > 0 && { comment: remarks.join('; ') }),
  };
}

function paramsFrom(value: unknown): HarParam[] | undefined {
  try {
    const params: unknown = JSON.parse(String(value));
    return Array.isArray(params) ? (params as HarParam[]) : undefined;
  } catch {
    return undefined;
  }
}

function pairs(list: readonly unknown[]): { name: string; value: string }[] {
  const found: { name: string; value: string }[] = [];
  for (let index = 0; index + 1 < list.length; index += 2) {
    found.push({ name: String(list[index]), value: String(list[index + 1]) });
  }
  return found;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
