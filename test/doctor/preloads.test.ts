import { expect, it } from 'vitest';
import { joined, loadsRegister, withoutTracing, wordsOf } from '../../src/doctor/preloads';

it.each([
  '--require readme-metrics-opentelemetry/register',
  '-r readme-metrics-opentelemetry/register',
  '--import=readme-metrics-opentelemetry/register',
  '--require "readme-metrics-opentelemetry/register"',
  '--max-http-header-size=1 --require ./x.js --import readme-metrics-opentelemetry/register',
  '--require /app/node_modules/readme-metrics-opentelemetry/dist/register.js',
])('%s is the register entry', (nodeOptions) => {
  expect(loadsRegister(wordsOf(nodeOptions))).toBe(true);
});

it.each([
  undefined,
  '',
  '--require',
  '--require ./register.js',
  '--title readme-metrics-opentelemetry/register',
  '--require not-readme-metrics-opentelemetry/registers',
])('%s is not', (nodeOptions) => {
  expect(loadsRegister(wordsOf(nodeOptions))).toBe(false);
});

it('words are read as Node reads them', () => {
  expect(wordsOf(' --require "./my \\"own\\" file.js"  --trace-warnings ')).toEqual([
    '--require',
    './my "own" file.js',
    '--trace-warnings',
  ]);
});

it('and written so that Node reads them again', () => {
  const words = ['--require', './my "own" \\file.js', '--trace-warnings'];
  expect(wordsOf(joined(words))).toEqual(words);
});

it('what traces is left out, and nothing else', () => {
  const words = wordsOf(
    '--import tsx --require @opentelemetry/auto-instrumentations-node/register -r dotenv/config --require=readme-metrics-opentelemetry/register --trace-warnings',
  );
  expect(joined(withoutTracing(words))).toBe('--import tsx -r dotenv/config --trace-warnings');
});
