import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { redactJsonText } from '../../src/redaction/json-text';
import { compilePolicy } from '../../src/redaction/policy';

const BACKTRACKING = /\w+_token/;
const long = 'a'.repeat(257);

/** Names unlike all others, so that nothing is known of them. */
const names = (count: number, length: number) =>
  Array.from({ length: count }, (_, index) => `${index}_`.padStart(length, 'a'));

describe('a name that is too long for a RegExp', () => {
  it('counts as denied, in JSON and as a flat name', () => {
    for (const expression of [BACKTRACKING, /token/]) {
      const policy = compilePolicy({ denylist: [expression] });
      expect(policy.hides(long)).toBe(true);
      expect(policy.hides(`user[${long}]`)).toBe(true);
      expect(policy.hides(long.slice(1))).toBe(false);
      expect(redactJsonText(`{"x":{"${long}":"y"},"z":"y"}`, policy)).toEqual({
        kind: 'passed',
        text: `{"x":{"${long}":"[REDACTED 1]"},"z":"y"}`,
      });
    }
  });

  it('counts as not listed by an allowlist, unless it stands there letter by letter', () => {
    const policy = compilePolicy({ allowlist: [/^a/, 'b'.repeat(300)] });
    expect(policy.hides(long)).toBe(true);
    expect(policy.hides(long.slice(1))).toBe(false);
    expect(policy.hides('b'.repeat(300))).toBe(false);
    expect(redactJsonText(`{"${long}":1,"a":2}`, policy)).toEqual({
      kind: 'passed',
      text: '{"a":2}',
    });
  });

  it('is no matter where there is no RegExp', () => {
    expect(compilePolicy({ denylist: ['x'] }).hides(long)).toBe(false);
    expect(compilePolicy({ denylist: [long] }).hides(long)).toBe(true);
  });

  it('is long once it is decoded', () => {
    const policy = compilePolicy({ denylist: [/token/] });
    const escaped = '\\u0061'.repeat(256);
    const text = `{"${escaped}":1,"${escaped}a":2}`;
    expect(redactJsonText(text, policy)).toEqual({
      kind: 'passed',
      text: `{"${escaped}":1,"${escaped}a":"[REDACTED]"}`,
    });
  });
});

describe('many names that a RegExp takes long for', () => {
  // Milliseconds pass only where a test says so.
  beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
  afterEach(() => void vi.useRealTimers());

  it('count as denied after some of them, as long as the log lasts', () => {
    const policy = compilePolicy({ denylist: [BACKTRACKING] });
    const body = names(2000, 250);
    policy.beginLog();
    const first = body.map((name) => policy.hides(name)).indexOf(true);
    expect(first).toBe(80); // 250² steps each, of 5,000,000
    policy.beginLog();
    expect(policy.hides(names(1, 251)[0] as string)).toBe(false);
    expect(policy.hides(body[100] as string)).toBe(false);
  });

  it('count as not listed by an allowlist then', () => {
    const policy = compilePolicy({ allowlist: [/\w+$/] });
    policy.beginLog();
    const hidden = names(200, 250).map((name) => policy.hides(name));
    expect([hidden[0], hidden.at(-1)]).toEqual([false, true]);
  });

  it('are no matter for names that were seen before, or a RegExp that does not repeat anything', () => {
    const backtracking = compilePolicy({ denylist: [BACKTRACKING] });
    const linear = compilePolicy({ denylist: [/(pass|tok)?_?token$/] });
    const [name] = names(1, 250) as [string];
    backtracking.beginLog();
    linear.beginLog();
    for (let times = 0; times < 1000; times += 1) expect(backtracking.hides(name)).toBe(false);
    for (const each of names(1000, 250)) expect(linear.hides(each)).toBe(false);
  });

  it('are of another log after 100 ms, should nobody say that one begins', () => {
    const policy = compilePolicy({ denylist: [BACKTRACKING] });
    policy.beginLog();
    const hides = (name: string) => policy.hides(name);
    const body = names(400, 250);
    expect(body.slice(0, 100).some(hides)).toBe(true);
    vi.advanceTimersByTime(99);
    expect(hides(body[200] as string)).toBe(true);
    vi.advanceTimersByTime(1);
    expect(hides(body[300] as string)).toBe(false);
  });

  it('do not leave behind that a name is denied which is not', () => {
    const policy = compilePolicy({ denylist: [BACKTRACKING] });
    policy.beginLog();
    for (const name of names(200, 250)) policy.hides(name);
    expect(policy.hides('harmless')).toBe(true);
    policy.beginLog();
    expect(policy.hides('harmless')).toBe(false);
  });
});
