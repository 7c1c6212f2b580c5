import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { toCurl } from '../../../../src/local/viewer/page/curl.mjs';
import { hasShell, SHELL_NAMES, Terminal } from '../../../support/shells';
import { type LogParts, logOf } from '../../../support/viewer-logs';

function curlOf(parts: LogParts): string {
  return toCurl(logOf(parts).request.log.entries[0]);
}

const url = 'http://127.0.0.1:3000/letters';
const terminal = new Terminal();
afterAll(() => terminal.close());
// What `name=@file` and `name=<file` would upload.
writeFileSync(join(terminal.folder, 'secret'), 'of the reader');
mkdirSync(join(terminal.folder, 'folder'));

/** Parts of texts that some shell, terminal or curl takes for something else. */
const odd = fc.constantFrom(
  ...[
    "'",
    '"',
    '`pwned`',
    '$(pwned)',
    ';pwned;',
    '|pwned|',
    '&pwned&',
    '\npwned\n',
    "'\npwned\n'",
    "';pwned;'",
  ],
  ...[
    '";pwned;"',
    "$'\\'';pwned;'",
    "\\';pwned;",
    "\x07'; pwned; #",
    '\\',
    '\\\\',
    '\n',
    '\r',
    '\t',
    '\0',
    '\x1b[201~',
  ],
  ...[
    '\x03',
    '\x04',
    '\x15',
    '\x1a',
    '\x7f',
    '\x85',
    '\u2028',
    '\u202e',
    '\u200d',
    '!',
    '!!',
    '!pwned',
    '^a^b',
    '%s',
    '%n',
  ],
  ...[
    '%',
    '\\000',
    '\\x27',
    '\\c',
    '-',
    '--',
    '-o',
    '-K',
    '@secret',
    '<secret',
    '=@secret',
    ';type=a/b',
    '*',
    '?',
    '[1-3]',
  ],
  ...[
    '{a,b}',
    '~',
    '=pwned',
    '#',
    '$HOME',
    `$${'{IFS}'}`,
    '<(pwned)',
    '>folder/x',
    'EOF\n',
    'é',
    'ÿ',
    '🦉',
    '\ud800',
    ' ',
  ],
);
const hostile = fc
  .array(fc.oneof(odd, fc.string({ maxLength: 4 })), { maxLength: 6 })
  .map((all) => all.join(''));

const log = fc.record({
  method: fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom('GET', 'POST', 'HEAD', '-X', 'DELETE') },
    hostile,
  ),
  url: fc.oneof(
    { weight: 8, arbitrary: hostile.map((text) => `http://h/${text}`) },
    hostile.map((text) => `https://${text}`),
    hostile,
    fc.constantFrom(
      'file:///etc/passwd',
      '-o/tmp/x',
      'dict://h/',
      'http://h/[1-3]{a,b}',
      '@secret',
    ),
  ),
  headers: fc.array(
    fc.record({
      name: fc.oneof(fc.constantFrom('X-A', 'Accept', '-H', '!pwned', "'pwned'"), hostile),
      value: hostile,
    }),
    { maxLength: 3 },
  ),
  mimeType: fc.constantFrom(
    'text/plain',
    'multipart/form-data; boundary=x',
    'application/x-www-form-urlencoded',
  ),
  comment: fc.constantFrom(undefined, undefined, 'base64', 'truncated'),
  text: fc.option(hostile, { nil: undefined }),
  params: fc.option(
    fc.array(
      fc.record({
        name: hostile,
        value: hostile,
        fileName: fc.option(hostile, { nil: undefined }),
      }),
      { maxLength: 3 },
    ),
    { nil: undefined },
  ),
});

/** What curl does with each of its arguments; none but these may be there. */
function optionsIn(args: string[]): [option: string, value: string | undefined][] {
  const options: [string, string | undefined][] = [['url', args[0]]];
  for (let index = 1; index < args.length; index++) {
    const option = args[index] as string;
    if (/^--(head|globoff|path-as-is|compressed)$/.test(option)) options.push([option, undefined]);
    else if (/^--(request|header|data-raw|data-binary|form-string|form)$/.test(option)) {
      options.push([option, args[++index]]);
    } else throw new Error(`an option that nobody meant: ${JSON.stringify(option)}`);
  }
  return options;
}

describe('a paste that is no better than the text', () => {
  const sh = it.skipIf(!hasShell('sh'));
  sh('would be found in a script', () => {
    expect(terminal.paste('sh', "curl '' ; pwned; ''").ranOther).toBe(true);
  });

  it.skipIf(!hasShell('bash'))('would be found in what history expansion makes of it', () => {
    const { args } = terminal.paste('bash', ': before\ncurl "!:0"', 'typed');
    expect(args).toEqual([':']);
  });

  it.skipIf(!hasShell('zsh'))('would be found in what history expansion of zsh makes of it', () => {
    const { args } = terminal.paste('zsh', ': before\ncurl "!:0"', 'typed');
    expect(args).toEqual([':']);
  });
});

describe.each(SHELL_NAMES)('in %s', (shell) => {
  const test = it.skipIf(!hasShell(shell));

  test.each(['script', 'typed'] as const)(
    'no log makes it run another command or read a file, as %s',
    (how) => {
      fc.assert(
        fc.property(log, ({ method, url, headers, mimeType, text, params, comment }) => {
          const postData = {
            mimeType,
            ...(text !== undefined && { text }),
            ...(params !== undefined && { params: params as never }),
            ...(comment !== undefined && { comment }),
          };
          const command = curlOf({ method, url, request: { headers, postData } });
          const { args, ranOther } = terminal.paste(shell, command, how);
          expect(ranOther).toBe(false);
          // No terminal takes a byte of it for a key, nor a line that it would cut off.
          expect(command.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
          for (const line of command.split('\n'))
            expect(Buffer.byteLength(line)).toBeLessThan(1000);
          if (args === undefined) {
            expect(command).toMatch(/^: 'No command: [\w ]+\.'$/);
            return;
          }
          for (const [option, value = ''] of optionsIn(args)) {
            if (option === 'url') expect(value).toMatch(/^https?:\/\/[!-~]+$/i);
            if (option === '--header') expect(value).not.toMatch(/^@/);
            if (option === '--data-binary') expect(value).toBe('@-');
            if (option === '--form') expect(value).toMatch(/^[^=]*=@PATH_OF_THE_FILE$/);
          }
        }),
        { numRuns: how === 'script' ? 120 : 60 },
      );
    },
  );

  test('a text body arrives byte for byte', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const postData = { mimeType: 'text/plain', text };
        const command = curlOf({ url, method: 'POST', request: { postData } });
        const { args = [], stdin } = terminal.paste(shell, command);
        const [option, value] = args.slice(-2);
        const bytes = option === '--data-raw' ? Buffer.from(value as string) : stdin;
        expect(bytes.equals(Buffer.from(text))).toBe(true);
      }),
      { numRuns: 120 },
    );
  });

  test.each([
    ['a long line', 'é'.repeat(5000)],
    ['quotes where lines are broken', "'\\".repeat(3000)],
    ['more than an argument may have', 'a\n'.repeat(100_000)],
  ])('a body with %s arrives', (_what, text) => {
    const postData = { mimeType: 'text/plain', text };
    const command = curlOf({ url, method: 'POST', request: { postData } });
    const { args = [], stdin } = terminal.paste(shell, command);
    for (const line of command.split('\n')) expect(Buffer.byteLength(line)).toBeLessThan(1000);
    expect(stdin.length === 0 ? args.at(-1) : stdin.toString()).toBe(text);
  });

  test.each(['script', 'typed'] as const)(
    'a field keeps its lines, a header its bytes, as %s',
    (how) => {
      const params = [{ name: 'note', value: "!it's\n\ttwo!!\n\n" }];
      const postData = { mimeType: 'multipart/form-data; boundary=b', params };
      const headers = [{ name: 'X-Latin1', value: 'caf\u00c3\u00a9\ta' }];
      const command = curlOf({ url, method: 'POST', request: { headers, postData } });
      expect(terminal.paste(shell, command, how).args).toEqual([
        ...[url, '--header', 'X-Latin1: café\ta', '--form-string', "note=!it's\n\ttwo!!\n\n"],
      ]);
    },
  );
});
