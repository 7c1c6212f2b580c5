import { describe, expect, it } from 'vitest';
import { listsAsText } from '../../src/options/lists-as-text';
import { FILTERED, listsDigest } from '../../src/spans/filtered-names';
import { listsAgree } from '../../src/spans/lists-agree';
import type { FinishedSpan } from '../../src/spans/sdk-types';
import { setListsOfHooks } from '../../src/spans/span-exchanges';

const lists = (denylist?: (string | RegExp)[]) => listsAsText({ denylist, allowlist: undefined });
const NONE = lists();

function span(filteredWith?: string, ofHooks?: string): FinishedSpan {
  const attributes =
    filteredWith === undefined
      ? {}
      : { [FILTERED.filtered]: true, [FILTERED.lists]: listsDigest(filteredWith) };
  const made = { attributes } as unknown as FinishedSpan;
  if (ofHooks !== undefined) setListsOfHooks(made, ofHooks);
  return made;
}

describe('the lists of a span and of who sends it agree', () => {
  it('when the exporter hides all that the hooks want hidden', () => {
    expect(listsAgree(span(undefined, lists(['a'])), lists(['a', 'b']))).toBe(true);
    expect(listsAgree(span(undefined, lists(['a', 'b'])), lists(['a']))).toBe(false);
    expect(listsAgree(span(), NONE)).toBe(true);
  });

  it('when the hooks have hidden all that the exporter wants hidden', () => {
    const filtered = span(lists(['a', /b/]), lists(['a', /b/]));
    expect(listsAgree(filtered, lists([/b/]))).toBe(true);
    expect(listsAgree(filtered, NONE)).toBe(true);
    expect(listsAgree(filtered, lists(['c']))).toBe(false);
  });

  it('when the span was filtered in another process with the same lists, or none are to be applied', () => {
    const filtered = span(lists(['a']));
    expect(listsAgree(filtered, lists(['a']))).toBe(true);
    expect(listsAgree(filtered, NONE)).toBe(true);
    expect(listsAgree(filtered, lists(['b']))).toBe(false);
    expect(listsAgree(filtered, lists(['a', 'b']))).toBe(false);
  });
});
