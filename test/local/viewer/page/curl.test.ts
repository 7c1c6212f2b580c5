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
    { name: 'Authorization', value: 'sha512-abc?-key' },
    { name: 'Accept-Encoding', value: 'gzip' },
    { name: 'Content-Length', value: '2' },
    { name: 'X-Empty', value: '' },
  ];
  expect(curlOf({ url, request: { headers } })).toBe(
    `curl '${url}' \\\n  --header 'Authorization: sha512-abc?-key' \\\n  --header 'X-Empty;' \\\n  --compressed`,
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
    ['lines', 'one\ntwo\r\nthree\tfour'],
    ['the end of a bracketed paste', 'a\x1b[201~\nrm -rf ~\n'],
    ['an invisible turn of the writing direction', 'a\u202eb\u2066'],
    ['a file name', '@/etc/passwd'],
    ['emoji', '🦉 owl'],
  ])('the body arrives with %s', (_what, text) => {
    const command = curlOf({
      url,
      method: 'POST',
      request: { postData: { mimeType: 'text/plain', text } },
    });
    expect(argumentsIn(command)).toEqual([url, '--data-raw', text]);
    // Nothing invisible is pasted into a terminal.
    expect(command.replace(/[\n\t]/g, '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it('a hostile URL stays one argument', () => {
    const hostile = `${url}/';id;'$(id)[1-9]{a,b}`;
    expect(argumentsIn(curlOf({ url: hostile }))).toEqual([hostile, '--globoff']);
  });

  it('a hostile header is left out', () => {
    const headers = [{ name: '@/etc/passwd\nX', value: '1' }];
    expect(argumentsIn(curlOf({ url, request: { headers } }))).toEqual([url]);
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
});
