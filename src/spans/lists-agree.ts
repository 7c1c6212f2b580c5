import { listsAsText, listsCover } from '../options/lists-as-text';
import { FILTERED, listsDigest } from './filtered-names';
import { isFiltered } from './filtered-span';
import type { FinishedSpan } from './sdk-types';
import { getListsOfHooks } from './span-exchanges';

const NONE = listsAsText({ denylist: undefined, allowlist: undefined });

/** Whether a log of a span hides all that the lists of its hooks hide, and all that those of its exporter do. */
export function listsAgree(span: FinishedSpan, ofExporter: string): boolean {
  const ofHooks = getListsOfHooks(span);
  if (!isFiltered(span.attributes)) {
    return ofHooks === undefined || listsCover(ofExporter, ofHooks);
  }
  // What is filtered already is not filtered again.
  if (ofHooks !== undefined) return listsCover(ofHooks, ofExporter);
  // Of another process, only a digest is known.
  return (
    listsCover(NONE, ofExporter) || span.attributes[FILTERED.lists] === listsDigest(ofExporter)
  );
}
