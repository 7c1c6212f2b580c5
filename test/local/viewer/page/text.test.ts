import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { summaryOf } from '../../../../src/local/viewer/log-summary';
import { bucketsOf } from '../../../../src/local/viewer/page/chart.mjs';
import { matcher, NO_FILTER } from '../../../../src/local/viewer/page/filter.mjs';
import { jsonTokens } from '../../../../src/local/viewer/page/json-tokens.mjs';
import { pieces } from '../../../../src/local/viewer/page/marks.mjs';
import { expectLinear } from '../../../support/linear-time';
import { logOf } from '../../../support/viewer-logs';

const laidOut = (text: string) =>
  jsonTokens(text)
    ?.map((token) => token.text)
    .join('');

describe('JSON laid out', () => {
  it('looks like JSON.stringify() with two spaces', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), (text) => {
        expect(laidOut(text)).toBe(JSON.stringify(JSON.parse(text), null, 2));
      }),
      { examples: [['{}'], ['[[],{}]']], numRuns: 200 },
    );
  });

  it('keeps numbers, escapes and duplicate members as they were sent', () => {
    const text = '{"n":1.50,"big":12345678901234567890,"e":1E+2,"n":"\\u00e9\\/"}';
    expect(laidOut(text)?.replace(/\s/g, '')).toBe(text);
  });

  it('tells names from strings', () => {
    const kinds = jsonTokens('{"a":"b","c":[1,true,null]}')
      ?.filter(({ kind }) => kind !== 'space' && kind !== 'mark')
      .map(({ kind }) => kind);
    expect(kinds).toEqual(['key', 'string', 'key', 'number', 'literal', 'literal']);
  });

  it('is undefined for what is not JSON, and does not grow with the square of its depth', () => {
    expect(jsonTokens('{"a":')).toBeUndefined();
    const deep = '['.repeat(5000) + ']'.repeat(5000);
    expect(laidOut(deep)?.length).toBeLessThan(deep.length * 62);
  });
});

describe('marks', () => {
  const mask = `sha512-${'Ab+/'.repeat(21)}Ab==?-key`;
  const marked = (text: string) =>
    pieces(text)
      .filter(({ kind }) => kind !== '')
      .map(({ text, kind }) => [kind, text]);

  it.each([
    ['"[REDACTED 16]"', [['redacted', '[REDACTED 16]']]],
    ['[REDACTED]', [['redacted', '[REDACTED]']]],
    [
      '[REDACTED 12 bytes: could not be filtered]',
      [['redacted', '[REDACTED 12 bytes: could not be filtered]']],
    ],
    ['?card=%5BREDACTED%2016%5D&limit=1', [['redacted', '%5BREDACTED%2016%5D']]],
    [`"${mask}"`, [['masked', mask]]],
    [`a=${encodeURIComponent(mask)}&b`, [['masked', encodeURIComponent(mask)]]],
    ['[REDACT 1] sha512-short?-key', []],
  ])('are found in %s', (text, expected) => {
    expect(marked(text)).toEqual(expected);
  });

  it('are cut out of a text without losing any of it', () => {
    const parts = fc.constantFrom('[REDACTED 1]', mask, 'x', '[REDACTED', '%5BREDACTED', ' ', '"');
    fc.assert(
      fc.property(fc.array(parts), (texts) => {
        const text = texts.join('');
        expect(
          pieces(text)
            .map((piece) => piece.text)
            .join(''),
        ).toBe(text);
      }),
    );
  });

  it('take no longer for a text that was made to take long', () => {
    for (const text of ['[REDACTED', '%5BREDACTED%20', 'sha512-AAAA', '%2B']) {
      expectLinear(20_000, (count) => pieces(text.repeat(count)));
    }
  });
});

describe('a filter', () => {
  const hedwig = summaryOf(logOf({ url: 'http://h/letters?to=Ron', status: 404 }), 0);
  const errol = summaryOf(
    logOf({ method: 'POST', status: 0, group: { id: 'g2', label: 'Errol', email: 'e@x.org' } }),
    1,
  );
  const matching = (filter: object, found = new Set<number>()) =>
    [hedwig, errol].filter(matcher({ ...NO_FILTER, ...filter }, found)).map(({ n }) => n);

  it.each([
    [{}, [0, 1]],
    [{ text: 'TO=RON' }, [0]],
    [{ text: 'e@x.org' }, [1]],
    [{ text: '404' }, [0]],
    [{ text: 'get http://h/' }, [0]],
    [{ method: 'POST' }, [1]],
    [{ status: '4' }, [0]],
    [{ status: '0' }, [1]],
    [{ caller: 'g2', text: 'nowhere' }, []],
  ])('%j', (filter, expected) => {
    expect(matching(filter)).toEqual(expected);
  });

  it('also lets through where the server found the text', () => {
    expect(matching({ text: 'in a body' }, new Set([1]))).toEqual([1]);
    expect(matching({ text: 'in a body', method: 'GET' }, new Set([1]))).toEqual([]);
  });
});

it('the chart counts each log once, by time and by kind of status', () => {
  const now = Date.parse('2026-01-01T12:00:00Z');
  const at = (seconds: number, status: number) => ({
    ...summaryOf(logOf({ status }), 0),
    at: now - seconds * 1000,
  });
  const { minutes, buckets } = bucketsOf([at(1, 200), at(1, 404), at(59, 500), at(200, 0)], now, 5);
  expect(minutes).toBe(5);
  expect(buckets[4]).toEqual({ fine: 1, client: 1, server: 1, none: 0 });
  expect(buckets[1]).toEqual({ fine: 0, client: 0, server: 0, none: 1 });
});
