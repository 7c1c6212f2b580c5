import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GrowingBytes } from '../../src/record/growing-bytes';
import { redactEvents as redactEventBytes } from '../../src/redaction/events';
import { redactJsonLines as redactLineBytes } from '../../src/redaction/json-lines';
import { redactJsonText as redactJson } from '../../src/redaction/json-text';
import { compilePolicy, type Policy } from '../../src/redaction/policy';
import { expectLinear } from '../support/linear-time';
import { document, entries, marked, spelled, spelling, strings } from './json-oracle';

/** Redacts a text both ways, which have to leave the same. */
const redacting =
  (redact: typeof redactEventBytes) => (text: string, policy: Policy, cut: boolean) => {
    const utf8 = Buffer.from(text);
    const raw = new GrowingBytes(1);
    const escaped = new GrowingBytes(1);
    const { withheld, dropped } = redact(utf8, policy, raw, { cut, escaped: false });
    redact(utf8, policy, escaped, { cut, escaped: true });
    expect(`"${escaped.written}"`).toBe(JSON.stringify(raw.written.toString()));
    return { text: raw.written.toString(), withheld, dropped };
  };
const redactJsonLines = redacting(redactLineBytes);
const redactEvents = redacting(redactEventBytes);

const deny = compilePolicy({ denylist: ['p'] });
const allow = compilePolicy({ allowlist: ['a'] });
const mark = (bytes: number) => `[REDACTED ${bytes} bytes: could not be filtered]`;

const lines = (text: string, policy = deny, cut = false) => redactJsonLines(text, policy, cut).text;
const events = (text: string, policy = deny, cut = false) => redactEvents(text, policy, cut).text;

describe('newline-delimited JSON', () => {
  it('is filtered line by line, and the rest keeps its bytes', () => {
    expect(lines(' {"p":"x"}\r\n\n{ "a":1.0}\n[{"p":1}]')).toBe(
      ' {"p":"[REDACTED 1]"}\r\n\n{ "a":1.0}\n[{"p":"[REDACTED]"}]',
    );
    expect(lines('{"p":1,"a":2}\n{"b":1}\n3\n{"a":4}\n', allow)).toBe('{"a":2}\n{}\n{"a":4}\n');
  });

  it('has a mark in place of a line that is no JSON', () => {
    expect(lines('{"a":1}\nnot p\n{"p":1}{"p":2}\n{"a":2}\n')).toBe(
      `{"a":1}\n${mark(5)}\n${mark(14)}\n{"a":2}\n`,
    );
  });

  it('is withheld from a line on that leaves a value open', () => {
    const text = '{"a":1}\n{"p":\n"secret"\n}\n{"a":{}\n';
    expect(lines(text)).toBe(`{"a":1}\n${mark(24)}\n`);
    expect(lines('{"a":{}\n,"p":\n"secret"}\n')).not.toContain('secret');
  });

  it('loses a last line that may be cut', () => {
    expect(redactJsonLines('{"a":1}\n{"p":"se', deny, true)).toEqual({
      text: '{"a":1}\n',
      withheld: 0,
      dropped: true,
    });
    expect(redactJsonLines('{"a":1}\n', deny, true).dropped).toBe(false);
  });

  it('may be a JSON text sequence, whose records may have several lines', () => {
    expect(lines('\x1e{"p":\n"x"}\n\x1e{"a":1}\n')).toBe(
      '\x1e{"p":\n"[REDACTED 1]"}\n\x1e{"a":1}\n',
    );
    expect(lines('\x1e{"p":"se\n\x1e{"a":1}\n')).toBe(`\x1e${mark(8)}\n\x1e{"a":1}\n`);
    expect(lines('\x1e1\n\x1e{"a":1}\n', allow)).toBe('\x1e{"a":1}\n');
  });
});

describe('server-sent events', () => {
  it('are filtered one by one, and the rest keeps its bytes', () => {
    const text = ': ping\n\nevent: e\nid:1\nretry: 5\ndata: {"a":1.0}\n\ndata:{"p":"x"}\r\n\r\n';
    expect(events(text)).toBe(text.replace('"x"', '"[REDACTED 1]"'));
  });

  it('have one document in all their data lines', () => {
    expect(
      events('data: {"a":1,\nid: 7\ndata: "p":\ndata: "secret"}\n\ndata: {"a":\ndata: 1}\n\n'),
    ).toBe('data: {"a":1,\ndata: "p":\ndata: "[REDACTED 6]"}\nid: 7\n\ndata: {"a":\ndata: 1}\n\n');
  });

  it('have a mark in place of data that is no JSON and may have a denied name', () => {
    expect(events('data: [DONE]\n\ndata: p=x\n\ndata: {"p":"x\n\n')).toBe(
      `data: [DONE]\n\ndata: ${mark(3)}\n\ndata: ${mark(7)}\n\n`,
    );
  });

  it('have a mark in place of lines that are no field', () => {
    expect(events('{"p":"x"}\n: p=x\n\n')).toBe(`${mark(9)}\n${mark(5)}\n\n`);
  });

  it.each([
    ['id: https://h/x?p=s3cr3t', 'id: '],
    ['id: https://h/x?%70=s3cr3t', 'id: '],
    ['event: {"p":"s3cr3t"}', 'event: '],
    ['event:p=s3cr3t', 'event:'],
    ['retry: p: s3cr3t', 'retry: '],
    [': {"p":"s3cr3t"}', ''],
    [':https://h/x?p=s3cr3t', ''],
    ['other: {"p":"s3cr3t"}', ''],
    ['p: s3cr3t', ''],
  ])(
    'have a mark in place of a field or comment that may have a denied name: %s',
    (line, start) => {
      expect(events(`${line}\ndata: {"a":1}\n\n`)).toBe(
        `${start}${mark(Buffer.byteLength(line.slice(start.length)))}\ndata: {"a":1}\n\n`,
      );
    },
  );

  it('keep the bytes of fields in which no denied name can be', () => {
    const text =
      'id: 0a-1.2, 3\nevent: a/b "c" 100%\n: keep-alive 1.0\nretry: 10\ndata: {"a":1}\n\n';
    expect(events(text)).toBe(text);
    const anyName = compilePolicy({ denylist: [/^p$/] });
    expect(events('id: 0a-1\nevent: message\ndata: {"a":1}\n\n', anyName)).toBe(
      'id: 0a-1\nevent: message\ndata: {"a":1}\n\n',
    );
  });

  it('have no name that is split between lines, or between events', () => {
    const named = compilePolicy({ denylist: ['password'] });
    for (const text of [
      'data: {"pass\ndata: word":"s3cr3t"}\n\n',
      'data: pass\ndata: word=s3cr3t\n\n',
      'data: {"pass\n\ndata: word":"s3cr3t"}\n\n',
      'data: {"a":1,"pass\n\n: ping\n\nid: 1\ndata: word": "s3cr3t"}\n\n',
      'data: {"password":\n\ndata: "s3cr3t"}\n\n',
      'data: {"password":\n\ndata: "s3cr3t"\n\ndata: }\n\n',
      'data: {"password":\n\ndata: {"x":"s3cr3t"}\n\n',
      'data: "{\\"password\\":\\"s3cr3t\\"}"\n\n',
      'data: {"url":"/x?password=s3cr3t"}\n\n',
      'data: /x?p%61ssword=s3cr3t\n\n',
    ]) {
      expect(events(text, named)).not.toContain('s3cr3t');
    }
  });

  it('go on after one that is no JSON', () => {
    const text = 'data: {oops}\n\ndata: [DONE]\n\ndata: {"a":1}\n\ndata: hello\n\n';
    expect(events(text)).toBe(text);
  });

  it('have flat names in their other fields', () => {
    const policy = compilePolicy({ denylist: ['id'] });
    expect(events('id: abc\ndata: {"id":1}\n\n', policy)).toBe(
      'id: [REDACTED 3]\ndata: {"id":"[REDACTED]"}\n\n',
    );
    const named = compilePolicy({ allowlist: ['a', 'event'] });
    expect(events('id: 1\nevent: e\n: c\ndata: {"a":1,"b":2}\n\n', named)).toBe(
      'event: e\ndata: {"a":1}\n\n',
    );
    expect(events('id: 1\ndata: hello\n\n', allow)).not.toMatch(/1\n|hello/);
  });

  it('lose a last event that may be cut', () => {
    expect(redactEvents('data: {"a":1}\n\ndata: {"p":"s', deny, true)).toEqual({
      text: 'data: {"a":1}\n\n',
      withheld: 0,
      dropped: true,
    });
  });
});

describe('any stream', () => {
  const kinds = fc.constantFrom(
    { redact: redactJsonLines, write: (json: string) => `${json}\n` },
    { redact: redactJsonLines, write: (json: string) => `\x1e${json}\n` },
    { redact: redactEvents, write: (json: string) => `id: 1\ndata: ${json}\n\n` },
    { redact: redactEvents, write: (json: string) => `data:${json}\r\n\r\n` },
  );

  it('shows of each document what JSON alone would, and less when it is cut anywhere', () => {
    const documents = fc.array(document, { minLength: 1, maxLength: 4 });
    const mode = fc.constantFrom('denylist', 'allowlist');
    fc.assert(
      fc.property(
        kinds,
        documents,
        entries,
        mode,
        spelling,
        fc.nat(),
        (kind, all, list, lists, spell, where) => {
          const policy = compilePolicy({ [lists]: list.map(({ entry }) => entry) });
          const texts = (marked(all) as typeof all).map((value) =>
            spelled(value, { ...spell, spaces: [' '] }).trim(),
          );
          const alone = texts.map((text) => redactJson(text, policy, true));
          const open = alone.map((result) => ('text' in result ? result.text : '')).join('\n');
          const whole = texts.map(kind.write).join('');
          const sent = kind.redact(whole, policy, false);
          expect(sent.withheld).toBe(0);
          for (const result of alone)
            if (result.kind === 'passed') expect(sent.text).toContain(result.text);
          const cut = kind.redact(whole.slice(0, where % whole.length), policy, true);
          expect(sent.text.startsWith(cut.text.trimEnd())).toBe(true);
          for (const secret of texts.flatMap((text) => strings(JSON.parse(text)))) {
            const shown = JSON.stringify(secret);
            if (open.includes(shown)) continue;
            expect(sent.text).not.toContain(shown);
            expect(cut.text).not.toContain(shown);
          }
        },
      ),
      { numRuns: 1500 },
    );
  });

  it('never makes it throw, and passes in linear time', () => {
    const soup = fc.string({
      unit: fc.constantFrom(...'data: {}[]"p,\n\r\x1e1\\\0é'),
      maxLength: 60,
    });
    fc.assert(
      fc.property(soup, fc.boolean(), fc.constantFrom(deny, allow), (text, cut, policy) => {
        expect(typeof events(text, policy, cut) + typeof lines(text, policy, cut)).toBe(
          'stringstring',
        );
      }),
    );
    for (const unit of [
      '\n',
      '{"p":1}\n',
      'data:{"p":1}\n',
      'data\n\n',
      '\x1e',
      '{\n',
      ':',
      '\r',
    ]) {
      for (const policy of [deny, allow]) {
        expectLinear(500_000, (length) => {
          const long = unit.repeat(length / unit.length);
          lines(long, policy);
          events(long, policy);
        });
      }
    }
  });
});
