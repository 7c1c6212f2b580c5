import { describe, expect, it } from 'vitest';
import { serverWords } from '../../../src/delivery/client/server-words';

describe('of a server’s own words', () => {
  it.each([
    ['APIKEY_NOTFOUND', 'APIKEY_NOTFOUND'],
    [
      "APIKEY_NOTFOUND: We couldn't find your API key.",
      "APIKEY_NOTFOUND: We couldn't find your API key.",
    ],
    ['Rate limit exceeded, please retry later', 'Rate limit exceeded, please retry later'],
    ['payload too large', 'payload too large'],
  ])('those of API errors are shown: %s', (said, shown) => {
    expect(serverWords(said)).toBe(shown);
  });

  it.each([
    ['invalid BODYSECRET', 'invalid …'],
    ['the key rdme_0123456789 is not valid', 'the key … is not valid'],
    ['Basic cmRtZV9wcm9qZWN0X2tleV8wMTIzNDU2Nzg5Og==', ''],
    ['\x1b]0;pwn\x07\x1b[2J', ''],
    ['no \x1b[2Jkey', 'no …'],
    ['card 4111 1111 1111 1111 was refused', '… was refused'],
    ['unexpected "hunter" at 3', 'unexpected … at …'],
    ['password=hunter2', ''],
    ['key_hunter2', ''],
    ['für', ''],
    ['', ''],
  ])('all else is left out: %j', (said, shown) => {
    expect(serverWords(said)).toBe(shown);
  });

  it('a few are enough, however many there are', () => {
    expect(serverWords('try again later '.repeat(1e5)).length).toBeLessThanOrEqual(120);
  });
});
