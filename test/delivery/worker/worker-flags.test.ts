import { afterEach, expect, it, vi } from 'vitest';
import { workerFlags } from '../../../src/delivery/worker/worker-flags';

const { execArgv } = process;
afterEach(() => {
  process.execArgv = execArgv;
  vi.unstubAllEnvs();
});

/** What a thread gets of these flags. */
function flagsOf(commandLine: string[], nodeOptions = ''): string[] {
  process.execArgv = commandLine;
  vi.stubEnv('NODE_OPTIONS', nodeOptions);
  return workerFlags(import.meta.filename);
}

it.each<[string[], string[]]>([
  [['--use-system-ca'], ['--use-system-ca']],
  [['--no-use-system-ca'], ['--no-use-system-ca']],
  [
    ['--tls-min-v1.0', '--tls-max-v1.2'],
    ['--tls-min-v1.0', '--tls-max-v1.2'],
  ],
  [['--dns-result-order=ipv4first'], ['--dns-result-order=ipv4first']],
  [['--dns-result-order', 'ipv4first'], ['--dns-result-order=ipv4first']],
  [['--no-network-family-autoselection'], ['--no-network-family-autoselection']],
])('the worker gets what decides whether a connection works: %s', (given, expected) => {
  expect(flagsOf(given)).toEqual(expected);
  expect(flagsOf([], given.join(' '))).toEqual(expected);
});

it('the worker gets nothing else', () => {
  const others = [
    '--require',
    './tracing.js',
    '--import=./register.mjs',
    '--inspect',
    '--cpu-prof',
  ];
  expect(
    flagsOf([...others, '--tls-keylog=keys.txt', '--enable-source-maps', '--title=app']),
  ).toEqual([]);
  expect(flagsOf([], '--require "./with space.js" --use-system-ca')).toEqual(['--use-system-ca']);
});
