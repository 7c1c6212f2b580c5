import fc from 'fast-check';
import { mark } from '../leaks';
import type { Field, FormCase } from './form-case';

const encode = encodeURIComponent;

/** How a URL stands within another one. */
const WITHIN: Record<string, (url: string) => string> = {
  value: (url) => `https://h/p?next=${encode(url)}`,
  'value among others': (url) => `/p?a=1&next=${encode(url)}&b=2#c`,
  'value of a relative one': (url) => `p?u=${encode(url)}`,
  'twice encoded': (url) => `/p?a=1&u=${encode(encode(url))}`,
  'the bare query': (url) => `/proxy?${encode(url)}`,
  'bare behind others': (url) => `/proxy?a&${encode(url)}`,
  fragment: (url) => `/p?x=1#to=${encode(url)}`,
  'encoded in lower case': (url) =>
    `/p?next=${encode(url).replace(/%../g, (code) => code.toLowerCase())}`,
  'in the path': (url) => `https://h/proxy/${encode(url)}/x`,
  'behind a semicolon': (url) => `/p?a=1;next=${encode(url)}`,
  'the path behind a query': (url) => `/p?next=${encode(url)}%26b%3D2`,
};
const INNERMOST = [
  (value: string) => `https://app.example/cb?token=${value}`,
  (value: string) => `/cb?state=1&token=${value}&z=3`,
  (value: string) => `https://app.example/cb#state=1&token=${value}`,
  (value: string) => `https://app.example/cb?a;token=${value}`,
  (value: string) => `cb?TOKEN=${value}`,
];

const nested = fc
  .record({
    inner: fc.constantFrom(...INNERMOST),
    levels: fc.array(fc.constantFrom(...Object.values(WITHIN)), { minLength: 1, maxLength: 3 }),
  })
  .map(({ inner, levels }) => ({
    needle: mark(80),
    url: levels.reduce((url, within) => within(url), inner(mark(80))),
  }));

/** A denied name in the query of a URL within a URL within a URL, in the request's URL and in header fields. */
export const nestedUrls: fc.Arbitrary<FormCase> = fc
  .record({
    nested,
    place: fc.constantFrom('url', 'Referer', 'Location', 'Content-Location', 'Link', 'Refresh'),
  } as const)
  .map(({ nested: { needle, url }, place }): FormCase => {
    const absolute = new URL(url, 'http://h/').href;
    const values: Record<string, string> = {
      Link: `<${url}>; rel="next"`,
      Refresh: `0; url=${url}`,
    };
    const field: Field = [place, values[place] ?? url];
    return {
      denylist: ['token'],
      needles: [needle],
      ...(place === 'url'
        ? { url: absolute }
        : place === 'Referer'
          ? { requestHeaders: [field] }
          : { responseHeaders: [field] }),
    };
  });

/** Before user name and password: what some client or server takes for the beginning of an authority. */
const SCHEMES = [
  ...[
    'http://',
    'https://',
    'HTTPS://',
    'ws://',
    'wss://',
    'ftp://',
    '//',
    'postgres://',
    'git+ssh://',
  ],
  ...['https:/', 'https:', 'https:\\\\', 'https:/\\', '/\\', '\\\\', 'http:///', 'redis://'],
];
const USERS = ['user:', ':', 'user%3A:', 'a@b:', "u!$&'()*+,;=:"];

/** A password in a URL of any scheme, in every field that holds a URL. */
export const userinfo: fc.Arbitrary<FormCase> = fc
  .record({
    scheme: fc.constantFrom(...SCHEMES),
    user: fc.constantFrom(...USERS),
    rest: fc.constantFrom('h/', 'h:80/x?y=1', '[::1]/', 'h', 'h?x=@y', 'h#@z'),
    place: fc.constantFrom(
      ...(['url', 'Host', 'Referer', 'Origin', 'Destination', 'X-Forwarded-Host'] as const),
      ...(['Location', 'Content-Location', 'Link', 'Refresh'] as const),
    ),
  })
  .map(({ scheme, user, rest, place }): FormCase => {
    const needle = mark(81);
    const url = `${scheme}${user}${needle}@${rest}`;
    // A header field without anything of a scheme holds an authority alone.
    const authority = `${user}${needle}@h`;
    const values: Record<string, string> = {
      Host: authority,
      'X-Forwarded-Host': authority,
      Link: `<${url}>; rel="next"`,
      Refresh: `0; url=${url}`,
    };
    const field: Field = [place, values[place] ?? url];
    if (place === 'url') {
      // What is no absolute URL stands behind the host, as a server completes it.
      const target = /^[a-z]/i.test(url)
        ? url
        : `http://api.example.com${url.replace(/^\\/, '/\\')}`;
      return { url: target, needles: [needle] };
    }
    return /Location|Link|Refresh/.test(place)
      ? { responseHeaders: [field], needles: [needle] }
      : { requestHeaders: [field], needles: [needle] };
  });
