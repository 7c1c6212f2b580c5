import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { toCurl } from '../../../../src/local/viewer/page/curl.mjs';
import { type LogParts, logOf } from '../../../support/viewer-logs';

function curlOf(parts: LogParts): string {
  return toCurl(logOf(parts).request.log.entries[0]);
}

/** The arguments that a shell would give to curl. */
function argumentsIn(command: string): string[] {
  const print = `curl() { printf '%s\\0' "$@"; }\n${command}`;
  return execFileSync('bash', ['-c', print]).toString('utf8').split('\0').slice(0, -1);
}

const url = 'http://127.0.0.1:3000/letters';

it('is one argument a line, without what curl says by itself', () => {
  const headers = [
    { name: 'Host', value: '127.0.0.1:3000' },
    { name: 'Accept', value: 'text/html' },
    { name: 'Accept-Encoding', value: 'gzip' },
    { name: 'Content-Length', value: '2' },
    { name: 'X-Empty', value: '' },
  ];
  expect(curlOf({ url, request: { headers } })).toBe(
    `curl '${url}' \\\n  --header 'Accept: text/html' \\\n  --header 'X-Empty;' \\\n  --compressed`,
  );
});

it.each([
  ['GET', []],
  ['HEAD', ['--head']],
  ['DELETE', ['--request', 'DELETE']],
])('sends %s', (method, expected) => {
  expect(argumentsIn(curlOf({ url, method })).slice(1)).toEqual(expected);
});

describe.skipIf(process.platform === 'win32')('in a shell', () => {
  it.each([
    ['quotes and dollars', `{"a":"it's $HOME \`id\` \\\\ \\"!!"}`],
    ['a file name', '@/etc/passwd'],
    ['emoji', '🦉 owl'],
  ])('the body arrives with %s', (_what, text) => {
    const postData = { mimeType: 'text/plain', text };
    const command = curlOf({ url, method: 'POST', request: { postData } });
    expect(argumentsIn(command)).toEqual([url, '--data-raw', text]);
  });

  it('a hostile URL stays one argument', () => {
    const hostile = `${url}/';id;'$(id)[1-9]{a,b}`;
    expect(argumentsIn(curlOf({ url: hostile }))).toEqual([hostile, '--globoff']);
  });

  it('a hostile header is left out', () => {
    const headers = [{ name: '@/etc/passwd\nX', value: '1' }];
    const command = curlOf({ url, request: { headers } });
    expect(argumentsIn(command)).toEqual([url]);
    expect(command).toContain('they are no header fields');
  });

  it.each(['file:///etc/passwd', 'gopher://h/', '--output x', '', 'http:///x', '//h/x'])(
    'nothing is sent to %j, which is no http URL',
    (other) => {
      expect(curlOf({ url: other })).toBe(": 'No command: this is no http or https URL.'");
    },
  );

  it('a path keeps its dots', () => {
    expect(argumentsIn(curlOf({ url: 'http://h/a/../b' }))).toContain('--path-as-is');
  });
});

describe('a mask of the log is never sent as if it were the value', () => {
  const mask = `sha512-${'Ab+/'.repeat(21)}Ab==?-key`;

  it('in a header: it is left out, and a line says so', () => {
    const headers = [
      { name: 'Authorization', value: mask },
      { name: 'X-Api-Key', value: 'sha512-abc?' },
      { name: 'Cookie', value: 'a=[REDACTED 3]; b=[REDACTED 4]' },
      { name: 'Referer', value: 'http://h/?token=%5BREDACTED%208%5D' },
      { name: 'Accept', value: '*/*' },
    ];
    expect(curlOf({ url, request: { headers } })).toBe(
      `: 'Left out, for the log has only masks: headers Authorization, X-Api-Key, Cookie, Referer.'\ncurl '${url}' \\\n  --header 'Accept: */*'`,
    );
  });

  it.each([
    ['?a=1&token=%5BREDACTED%208%5D&b=2', '?a=1&b=2', 'parts of the query'],
    [`?key=${encodeURIComponent(mask)}`, '', 'parts of the query'],
    [
      `?next=${encodeURIComponent(`/x?k=${encodeURIComponent(mask)}`)}&b`,
      '?b',
      'parts of the query',
    ],
    [`/${encodeURIComponent(mask)}/x?a`, '/REPLACE_THIS/x?a', 'stands where the URL'],
    ['/[REDACTED 8]', '/REPLACE_THIS', 'stands where the URL'],
  ])('in a URL %s', (given, shown, note) => {
    const command = curlOf({ url: `${url}${given}` });
    expect(command).toContain(`curl '${url}${shown}'`);
    expect(command.split('\n')[0]).toMatch(/^: '.*'$/);
    expect(command.split('\n')[0]).toContain(note);
  });

  it.each([
    [`{"a":1,"password":"[REDACTED 5]"}`, `{"a":1,"password":"REPLACE_THIS"}`],
    [`{"pin":"[REDACTED]"}`, `{"pin":"REPLACE_THIS"}`],
    [`{"key":"${mask}"}`, `{"key":"REPLACE_THIS"}`],
    [`{"key":"${mask.slice(0, -4)}"}`, `{"key":"REPLACE_THIS"}`],
    [`a=1&key=${encodeURIComponent(mask)}&b=2`, 'a=1&key=REPLACE_THIS&b=2'],
  ])('in the body %s', (text, sent) => {
    const postData = { mimeType: 'text/plain', text };
    const command = curlOf({ url, method: 'POST', request: { postData } });
    expect(argumentsIn(command)).toEqual([url, '--data-raw', sent]);
    expect(command).toMatch(/^: 'REPLACE_THIS stands where the body has a mask in the log\.'\n/);
  });

  it('where it stands for the whole body', () => {
    const text = '[REDACTED 17 bytes: could not be filtered]';
    const postData = { mimeType: 'application/json', text };
    const command = curlOf({ url, method: 'POST', request: { postData } });
    expect(argumentsIn(command)).toEqual([url, '--request', 'POST']);
    expect(command).toContain("only a mask: the body.'");
  });

  it.each([
    ['application/x-www-form-urlencoded', ['--data-raw', 'a=1']],
    ['multipart/form-data; boundary=b', ['--form-string', 'a=1']],
  ])('in a field of %s', (mimeType, sent) => {
    const params = [
      { name: 'a', value: '1' },
      { name: 'password', value: '[REDACTED 5]' },
      { name: 'key', value: mask },
    ];
    const command = curlOf({
      url,
      method: 'POST',
      request: { postData: { mimeType, params } },
    });
    expect(argumentsIn(command)).toEqual([url, ...sent]);
    expect(command).toContain('only masks: fields password, key.');
  });

  it('in bytes', () => {
    const text = Buffer.from(`\0${mask}`).toString('base64');
    const postData = { mimeType: 'image/x', text, comment: 'base64' };
    const command = curlOf({ url, method: 'POST', request: { postData } });
    expect(argumentsIn(command)).toEqual([url, '--request', 'POST']);
  });
});

it('writes a form as it was sent, and an upload with a place for the file', () => {
  const params = [
    { name: 'to', value: 'Ron & Co' },
    { name: 'n', value: '1' },
  ];
  const form = { postData: { mimeType: 'application/x-www-form-urlencoded', params } };
  expect(argumentsIn(curlOf({ url, method: 'POST', request: form }))).toEqual([
    url,
    '--data-raw',
    'to=Ron+%26+Co&n=1',
  ]);
  const file = { name: 'photo', value: 'data:image/png;base64,AA', fileName: '../id_rsa' };
  const upload = {
    mimeType: 'multipart/form-data; boundary=x',
    params: [params[0] as never, file],
  };
  const headers = [{ name: 'Content-Type', value: 'multipart/form-data; boundary=x' }];
  expect(
    argumentsIn(curlOf({ url, method: 'POST', request: { headers, postData: upload } })),
  ).toEqual([url, '--form-string', 'to=Ron & Co', '--form', 'photo=@PATH_OF_THE_FILE']);
});

it('decodes a body that the log has as base64', () => {
  const postData = { mimeType: 'image/x', text: 'AAEC', comment: 'base64; truncated' };
  const command = curlOf({ url, method: 'POST', request: { postData } });
  expect(command).toContain("printf %s 'AAEC' | base64 --decode | \\\n  curl ");
  expect(command).toContain('--data-binary @-');
  expect(command).toContain(": 'The log has not all of the body.'\n");
});

it('a file of the reader is read only where the reader has written its name', () => {
  const params = [
    {
      name: 'x=@/etc/passwd;type=text/plain',
      value: 'data:image/png;base64,AA',
      fileName: 'cat.png',
    },
    { name: 'y=</etc/passwd', value: '1' },
    { name: 'z', value: '@/etc/passwd' },
  ];
  const postData = { mimeType: 'multipart/form-data; boundary=b', params };
  const command = curlOf({ url, method: 'POST', request: { postData } });
  expect(argumentsIn(command)).toEqual([url, '--form-string', 'z=@/etc/passwd']);
  expect(command).toContain('curl cannot send them');
});
