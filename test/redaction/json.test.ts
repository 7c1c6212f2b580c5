import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redactJsonText as redactJson } from '../../src/redaction/json-text';
import { compilePolicy } from '../../src/redaction/policy';
import {
  allowed,
  denied,
  document,
  entries,
  type Json,
  leads,
  marked,
  spelled,
  spelling,
  strings,
} from './json-oracle';

type Entries = readonly (string | RegExp)[];

const deny = (text: string, ...denylist: Entries) => redactJson(text, compilePolicy({ denylist }));
const allow = (text: string, ...allowlist: Entries) =>
  redactJson(text, compilePolicy({ allowlist }));
/** As of a text that may be cut. */
const denyIn = (text: string, ...denylist: Entries) =>
  redactJson(text, compilePolicy({ denylist }), true);
const passed = (text: string) => ({ kind: 'passed', text });

describe('a denylist on JSON', () => {
  it('replaces a string by its length, and any other value without one', () => {
    const text = '{"a":"secret","b":12,"c":true,"d":null,"e":{"x":1},"f":[1,"2"],"g":"open"}';
    expect(deny(text, 'a', 'b', 'c', 'd', 'e', 'f')).toEqual(
      passed(
        '{"a":"[REDACTED 6]","b":"[REDACTED]","c":"[REDACTED]","d":"[REDACTED]","e":"[REDACTED]","f":"[REDACTED]","g":"open"}',
      ),
    );
  });

  it('counts a string in UTF-16 code units, as it is once decoded', () => {
    expect(deny('{"a":"\\u0041\\n€😀\\ud83d"}', 'a')).toEqual(passed('{"a":"[REDACTED 6]"}'));
    expect(deny('{"a":""}', 'a')).toEqual(passed('{"a":"[REDACTED 0]"}'));
  });

  it('matches a plain name at the top level only', () => {
    const text = '{"user":{"password":"x"},"password":"y"}';
    expect(deny(text, 'password')).toEqual(
      passed('{"user":{"password":"x"},"password":"[REDACTED 1]"}'),
    );
  });

  it('matches a plain name in each object of a root array', () => {
    expect(deny('[{"p":"a"},1,{"q":{"p":"b"}},[{"p":"c"}]]', 'p')).toEqual(
      passed('[{"p":"[REDACTED 1]"},1,{"q":{"p":"b"}},[{"p":"[REDACTED 1]"}]]'),
    );
  });

  it('matches names without regard to case, and however they are escaped', () => {
    expect(deny('{"PassWord":1,"\\u0070assword":2,"pass\\u0057ord":3}', 'password')).toEqual(
      passed(
        '{"PassWord":"[REDACTED]","\\u0070assword":"[REDACTED]","pass\\u0057ord":"[REDACTED]"}',
      ),
    );
  });

  it('keeps number precision, order, duplicates, spacing and escapes of all the rest', () => {
    const rest = ' "id" : 12345678901234567890.10 , "2":1e400,"1": -0 , "id":"\\u00e9\\/" }\r\n';
    expect(deny(`\t{ "p" : "x" ,${rest}`, 'p')).toEqual(
      passed(`\t{ "p" : "[REDACTED 1]" ,${rest}`),
    );
  });

  it('redacts every duplicate of a name', () => {
    expect(deny('{"p":"a","p":"bc"}', 'p')).toEqual(
      passed('{"p":"[REDACTED 1]","p":"[REDACTED 2]"}'),
    );
  });

  it('follows paths, through arrays too', () => {
    const text = '{"user":[{"password":"a","name":"b"}],"items":[{"card":"c"},[{"card":"d"}]]}';
    expect(deny(text, 'user.password', 'items[].card')).toEqual(
      passed(
        '{"user":[{"password":"[REDACTED 1]","name":"b"}],"items":[{"card":"[REDACTED 1]"},[{"card":"[REDACTED 1]"}]]}',
      ),
    );
  });

  it('tells one element of an array from the others', () => {
    expect(deny('{"a":["x","yy",["z"]]}', 'a[1]')).toEqual(
      passed('{"a":["x","[REDACTED 2]",["z"]]}'),
    );
  });

  it('finds ** at any depth', () => {
    const text = '{"token":"a","b":[[{"c":{"token":"dd"}}]]}';
    expect(deny(text, '**.token')).toEqual(
      passed('{"token":"[REDACTED 1]","b":[[{"c":{"token":"[REDACTED 2]"}}]]}'),
    );
  });

  it('takes an entry with dots or brackets for a literal name as well', () => {
    expect(deny('{"a.b":1,"a":{"b":2},"c[]":3}', 'a.b', 'c[]')).toEqual(
      passed('{"a.b":"[REDACTED]","a":{"b":"[REDACTED]"},"c[]":"[REDACTED]"}'),
    );
  });

  it('tries a RegExp on names at any depth', () => {
    expect(deny('{"a":[{"apiKey":"x","key":"y"}]}', /_?key$/g)).toEqual(
      passed('{"a":[{"apiKey":"[REDACTED 1]","key":"[REDACTED 1]"}]}'),
    );
  });

  it('hides the whole document for **', () => {
    expect(deny('{"a":1}', '**')).toEqual(passed('"[REDACTED]"'));
    expect(deny('"four"', '**')).toEqual(passed('"[REDACTED 4]"'));
  });

  it('tolerates a byte order mark', () => {
    expect(deny('\ufeff {"p":"x"}', 'p')).toEqual(passed('\ufeff {"p":"[REDACTED 1]"}'));
  });

  it('equals a simple implementation on a parsed document, and no denied string is left', () => {
    fc.assert(
      fc.property(document, entries, spelling, (shape, list, spell) => {
        const value = marked(shape);
        const expected = denied(value, list);
        const result = deny(spelled(value, spell), ...list.map(({ entry }) => entry));
        if (result.kind !== 'passed') throw new Error(result.kind);
        expect(JSON.parse(result.text)).toEqual(expected);
        const open = new Set(strings(expected));
        for (const secret of strings(value)) {
          if (!open.has(secret)) expect(result.text).not.toContain(secret);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('leaves JSON without a denied name as it is, byte for byte', () => {
    fc.assert(
      fc.property(document, spelling, (value, spell) => {
        const text = spelled(value, spell);
        expect(deny(text, 'secret', 'a.secret', 'b[].secret', '**.secret', /secret/)).toEqual(
          passed(text),
        );
      }),
      { numRuns: 1000 },
    );
  });
});

describe('an allowlist on JSON', () => {
  it('leaves out what it does not name, name and value', () => {
    const text = '{ "secret" : "x", "id" : 1.0 ,"other":{"id":2}, "name":"n\\u00e9" }';
    expect(allow(text, 'id', 'name')).toEqual(passed('{"id" : 1.0,"name":"n\\u00e9"}'));
  });

  it('keeps a named object or array whole', () => {
    expect(allow('{"a":{"x":[ 1,{"y":2} ]},"b":1}', 'a')).toEqual(
      passed('{"a":{"x":[ 1,{"y":2} ]}}'),
    );
  });

  it('keeps each object of a root array, with what it names', () => {
    expect(allow('[{"id":1,"x":2},3,[{"id":4}],{"x":5},{"id":6}]', 'id')).toEqual(
      passed('[{"id":1},{"id":6}]'),
    );
  });

  it('keeps objects on the way to a deeper name, with only that in them', () => {
    const text = '{"x":1,"user":{"email":"e","name":"n","pet":{"name":"p"}},"name":"top"}';
    expect(allow(text, 'user.name')).toEqual(passed('{"user":{"name":"n"}}'));
  });

  it('leaves out a scalar, or a container of the other kind, where the way should go on', () => {
    expect(allow('{"user":"secret"}', 'user.name')).toEqual(passed('{}'));
    expect(allow('{"user":[{"name":"n"}]}', 'user.name')).toEqual(passed('{}'));
    expect(allow('{"user":{"name":"n"}}', 'user[].name')).toEqual(passed('{}'));
  });

  it('needs [] to go through arrays, and leaves out their other elements', () => {
    const text = '{"items":[{"id":1,"x":2},"secret",[{"id":3}],{"id":4}]}';
    expect(allow(text, 'items[].id')).toEqual(passed('{"items":[{"id":1},{"id":4}]}'));
    expect(allow(text, 'items[3].id')).toEqual(passed('{"items":[{"id":4}]}'));
    expect(allow(text, 'items[1]')).toEqual(passed('{"items":["secret"]}'));
  });

  it('finds ** at any depth', () => {
    expect(allow('{"id":1,"a":[{"id":2,"x":3},4],"b":5}', '**.id')).toEqual(
      passed('{"id":1,"a":[{"id":2}]}'),
    );
  });

  it('leaves out names that lead to nothing, since they may be data', () => {
    const text = '{"owl@example.com":{"pin":1},"b":[[{"pin":2}],{}],"c":{"d":{"id":3}}}';
    expect(allow(text, '**.id')).toEqual(passed('{"c":{"d":{"id":3}}}'));
    expect(allow('{"a":{"pin":1}}', 'a.id')).toEqual(passed('{}'));
    expect(allow('{"a":{"id":{},"b":1}}', 'a.id')).toEqual(passed('{"a":{"id":{}}}'));
    expect(allow(' [{"pin":1} , [ ]]', '**.id')).toEqual(passed('[]'));
  });

  it('tries a RegExp on top-level names only', () => {
    expect(allow('{"id":1,"a":{"id":2}}', /^id$/)).toEqual(passed('{"id":1}'));
    expect(allow('[{"id":1,"a":{"id":2}}]', /^id$/)).toEqual(passed('[{"id":1}]'));
  });

  it.each(['1', '"id"', 'true', 'null', ' -0.5e3 '])('sends nothing of %s', (text) => {
    expect(allow(text, 'id', /./)).toEqual({ kind: 'nothing' });
  });

  it('sends nothing when it is empty', () => {
    expect(allow('{"id":1}')).toEqual({ kind: 'nothing' });
  });

  it('equals a simple implementation on a parsed document', () => {
    fc.assert(
      fc.property(document, entries, spelling, (shape, list, spell) => {
        const value = marked(shape);
        const expected = allowed(value, list);
        const result = allow(spelled(value, spell), ...list.map(({ entry }) => entry));
        const left = result.kind === 'passed' ? JSON.parse(result.text) : result.kind;
        expect(left).toEqual(expected ?? 'nothing');
      }),
      { numRuns: 3000 },
    );
  });

  it('lets only names through that it lists, at the top level', () => {
    const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'Id', 'é"'), { minLength: 1 });
    fc.assert(
      fc.property(document, names, spelling, (value, list, spell) => {
        const result = allow(spelled(value, spell), ...list);
        if (result.kind === 'invalid' || result.kind === 'part') throw new Error(result.kind);
        const root: Json = result.kind === 'passed' ? JSON.parse(result.text) : [];
        const listed = new Set(list.map((name) => name.toLowerCase()));
        for (const object of Array.isArray(root) ? root : [root]) {
          for (const name of Object.keys(object as object)) {
            expect(listed).toContain(name.toLowerCase());
          }
        }
      }),
    );
  });
});

describe('text that is not one complete JSON value', () => {
  const policies = [
    compilePolicy({ denylist: ['a'] }),
    compilePolicy({ denylist: ['**.a', /b/] }),
    compilePolicy({ allowlist: ['a'] }),
    compilePolicy({ allowlist: [] }),
  ];

  const expectSameVerdictAsParse = (text: string) => {
    let valid = true;
    try {
      JSON.parse(text);
    } catch {
      valid = false;
    }
    for (const policy of policies) {
      const { kind } = redactJson(text, policy, true);
      expect(`${kind === 'passed' || kind === 'nothing'} ${text}`).toBe(`${valid} ${text}`);
    }
  };

  it.each([
    ...['', ' ', '{', '[', '}', ']', '{]', '[}', '{}}', '[]]', '[,]', '[1,]', '[,1]', '[1 2]'],
    ...[
      '{,}',
      '{"a"}',
      '{"a":}',
      '{"a":1,}',
      '{"a" 1}',
      '{a:1}',
      "{'a':1}",
      '{"a":1 "b":2}',
      '{1:2}',
    ],
    ...['01', '-', '-01', '+1', '1.', '.5', '1e', '1e+', '0x1', '1_0', 'NaN', 'Infinity', '--1'],
    ...['tru', 'True', 'truee', 'nul', 'nulll', 'undefined', 'falsy'],
    ...[
      '"',
      '"a',
      '"\\"',
      '"\\x"',
      '"\\u12"',
      '"\\u12g4"',
      '"\\',
      '"\\u',
      '"a\nb"',
      '"\t"',
      '"\0"',
    ],
    ...[
      '{} {}',
      '{"a":1}\n{"a":2}',
      '1 2',
      '"a""b"',
      '/**/1',
      '{"a":1}//',
      '\ufeff',
      '\u00a01',
      '[1]\0',
    ],
    ...['{"a":1}x', '{"a":"secret', '{"a":{"b":1}', '[[[]]', '{"a":1,"a', '{"a":tru}'],
  ])('never passes as it is: %j', (text) => {
    expectSameVerdictAsParse(text);
    for (const policy of policies) {
      const result = redactJson(text, policy, true);
      if (result.kind === 'part' && result.text !== '') JSON.parse(result.text);
    }
  });

  it.each(['0', '-0', '1.5E-3', '1e5', '"\u007f\u2028"', '"\\ud800"', ' [ ] ', '{"":0}', '[0,-1]'])(
    'is not %j',
    (text) => expectSameVerdictAsParse(text),
  );

  it('is told as JSON.parse tells it, whatever the text', () => {
    const token = fc.constantFrom(
      ...[
        '{',
        '}',
        '[',
        ']',
        ',',
        ':',
        '"',
        '"a"',
        '"\\u0061"',
        '\\',
        '0',
        '1',
        '-',
        '.',
        'e',
        'E+',
      ],
      ...[
        'true',
        'null',
        'false',
        't',
        ' ',
        '\n',
        '\t',
        '\0',
        '\u001f',
        'é',
        '😀',
        '\ud800',
        'u00e9',
      ],
    );
    const soup = fc.array(token, { maxLength: 12 }).map((tokens) => tokens.join(''));
    fc.assert(fc.property(fc.oneof(soup, fc.string()), expectSameVerdictAsParse), {
      numRuns: 5000,
    });
  });

  it('is told as JSON.parse tells it when JSON is cut, or has a character too many or too few', () => {
    const edit = fc.constantFrom('cut', 'drop', 'add');
    const character = fc.constantFrom(...'{}[],:"\\01-+.eEtfnul \n\0é');
    fc.assert(
      fc.property(
        document,
        spelling,
        edit,
        fc.nat(),
        character,
        (value, spell, how, where, extra) => {
          const text = spelled(value, spell);
          const at = where % (text.length + 1);
          const rest =
            how === 'cut' ? '' : how === 'drop' ? text.slice(at + 1) : extra + text.slice(at);
          expectSameVerdictAsParse(text.slice(0, at) + rest);
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('passes unread when there is no list', () => {
    expect(redactJson('{"a', compilePolicy({}))).toEqual(passed('{"a'));
  });
});

describe('what is sent of a text that breaks off', () => {
  const part = (text: string, open = true) => ({ kind: 'part', text, open });

  it('is what leads, as far as members are whole, and closed', () => {
    const text = '{"a":"x", "b":{"c":[1,2 ,{"d":true}],"p":"yy","e":12';
    expect(denyIn(text, '**.p')).toEqual(
      part('{"a":"x", "b":{"c":[1,2 ,{"d":true}],"p":"[REDACTED 2]"}}'),
    );
    expect(denyIn(`${text},`, '**.p')).toEqual(
      part('{"a":"x", "b":{"c":[1,2 ,{"d":true}],"p":"[REDACTED 2]","e":12}}'),
    );
    expect(denyIn('{"a":1,"b":{"c":[{"d":"x', 'p')).toEqual(part('{"a":1}', false));
    expect(denyIn('{"a":1,"p":[1,', 'p')).toEqual(part('{"a":1,"p":"[REDACTED]"}'));
    expect(denyIn('{"a":"x"', 'p')).toEqual(part('{"a":"x"}'));
  });

  it('is only what an allowlist names', () => {
    const broken = '{"x":1,"a":{"y":2,"b":[1,2],"c":';
    const sent = (...allowlist: Entries) => redactJson(broken, compilePolicy({ allowlist }));
    expect(sent('a.b')).toEqual(part('{"a":{"b":[1,2]}}'));
    expect(sent('a')).toEqual(part('{"a":{"y":2,"b":[1,2]}}'));
    expect(sent('c')).toEqual(part('{}'));
    expect(sent()).toEqual(part(''));
  });

  it('is nothing when no member is whole', () => {
    for (const text of ['{"p":"x', '{"a":1', '[', '{"a":{"b":{', '{}x', '[]]', '"p":1}']) {
      expect(denyIn(text, 'p').kind).toBe('invalid');
    }
  });

  it('is nothing that follows a mistake, nor what stands right before it', () => {
    expect(denyIn('{"a":1,"b":"x"y","c":2}', 'p')).toEqual(part('{"a":1}', false));
    expect(denyIn('{"a":1}\n{"p":2}', 'p')).toEqual(part('{"a":1}', false));
    expect(denyIn('[1,{"a":2},nul,3]', 'p')).toEqual(part('[1,{"a":2}]', false));
    expect(denyIn('{"a":{"b":1}"c":2}', 'p')).toEqual(part('{"a":{"b":1}}', false));
  });

  it('leads the redacted document and never has what it hides, wherever it is cut', () => {
    const lists = fc.tuple(
      fc.constantFrom<'denylist' | 'allowlist'>('denylist', 'allowlist'),
      entries,
    );
    fc.assert(
      fc.property(document, lists, spelling, (shape, [mode, list], spell) => {
        const value = marked(shape);
        const policy = compilePolicy({ [mode]: list.map(({ entry }) => entry) });
        const text = spelled(value, { ...spell, escapes: false });
        const open = new Set(
          strings((mode === 'denylist' ? denied : allowed)(value, list) ?? null),
        );
        for (let at = 0; at < text.length; at += 1) {
          const result = redactJson(text.slice(0, at), policy, true);
          if (!('text' in result) || result.text === '') continue;
          const sent: Json = JSON.parse(result.text);
          if (mode === 'denylist' && result.kind === 'part') {
            const raw = redactJson(
              text.slice(0, at),
              compilePolicy({ denylist: ['nowhere'] }),
              true,
            );
            if (raw.kind !== 'part') throw new Error(raw.kind);
            expect(leads(JSON.parse(raw.text), value)).toBe(true);
            expect(sent).toEqual(denied(JSON.parse(raw.text), list));
          }
          for (const secret of strings(value)) {
            if (!open.has(secret)) expect(result.text).not.toContain(JSON.stringify(secret));
          }
        }
      }),
      { numRuns: 400 },
    );
  });
});

describe('a text in which no denied name stands', () => {
  it('passes unread', () => {
    for (const text of ['{"a":1}', '{"a":oops}', ' [{"apple":1}x]\n']) {
      expect(deny(text, 'p', 'user.password', 'items[].card')).toEqual(passed(text));
    }
  });

  it.each([
    ['{"\u212aey":"x"}', 'key'],
    ['{"KEY":"x"}', '\u212aey'],
    ['{"\u0130d":"x"}', 'i\u0307d'],
    ['{"\u03a3\u03a3":"x"}', '\u03c3\u03c2'],
    ['{"\\u006bey":"x"}', 'key'],
    ['{"a\\/b":"x"}', 'a/b'],
    ['{"$Ref":"x"}', '$REF'],
    ['{"a.b":"x"}', 'a.b'],
    ['{"user":{"a":"x"}}', 'user[a]'],
    ['{"a":["x"]}', 'a[0]'],
    ['{"":"x"}', ''],
    ['{"\u00c9":"x"}', '\u00e9'],
    ['[["x"]]', '[][]'],
    ['{"a":{"b":"x"}}', 'a.*.b'],
    ['{"_id":"x"}', '_ID'],
  ])('is told from %s, whose name is spelled otherwise', (text, entry) => {
    expect(deny(text, entry)).toEqual(redactJson(text, compilePolicy({ denylist: [entry] }), true));
    expect(deny(text, entry)).not.toEqual(passed(text));
  });

  it('passes as if it was read', () => {
    const plain = fc.array(
      fc.constantFrom('a', 'id', 'é"', 'x', 'b.c', '**.a', 'c[0]', 'k', '\u212a', 'A', 'xx', '$a'),
      { minLength: 1, maxLength: 3 },
    );
    fc.assert(
      fc.property(document, plain, spelling, (value, list, spell) => {
        const text = spelled(value, spell);
        expect(deny(text, ...list)).toEqual(denyIn(text, ...list));
      }),
      { numRuns: 3000 },
    );
  });

  it('does not pass unread when it is cut, or begins or ends as no JSON does', () => {
    expect(denyIn('{"a":1,"b', 'p').kind).toBe('part');
    for (const text of ['{"a"', '\0{\0}', 'p%61ss=1', '{"a":"\\x70ass"} x']) {
      expect(deny(text, 'pass').kind).not.toBe('passed');
    }
  });
});

describe('a large document', () => {
  const MILLION = 1_000_000;

  it.each([{ denylist: ['a'] }, { denylist: ['**.b', /c/] }, { allowlist: ['**.b', 'x[].y'] }])(
    'may be nested a million deep, with %j',
    (list) => {
      const policy = compilePolicy(list);
      expect(redactJson('['.repeat(MILLION), policy).kind).toBe('invalid');
      expect(redactJson(`${'['.repeat(MILLION)}1,`, policy, true).kind).toBe('part');
      expect(redactJson('['.repeat(MILLION / 10) + ']'.repeat(MILLION / 10), policy).kind).toBe(
        'passed',
      );
      const objects = `${'{"d":'.repeat(MILLION / 10)}1${'}'.repeat(MILLION / 10)}`;
      expect(redactJson(objects, policy).kind).toBe('passed');
    },
  );

  it('may consist of one string, one number, or escapes', () => {
    const pieces = ['x', '\\n', '\\u0061', 'é', '\\"'];
    for (const string of pieces.map((piece) => `"${piece.repeat(MILLION)}"`)) {
      const { length } = JSON.parse(string) as string;
      expect(deny(`{"a":${string}}`, 'a')).toEqual(passed(`{"a":"[REDACTED ${length}]"}`));
      expect(deny(`{${string}:1}`, 'a').kind).toBe('passed');
      expect(deny(string.slice(0, -1), 'a').kind).toBe('invalid');
    }
    expect(deny(`{"a":${'1'.repeat(MILLION)}}`, 'a')).toEqual(passed('{"a":"[REDACTED]"}'));
  });
});
