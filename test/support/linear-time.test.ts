import { expect, it } from 'vitest';
import { expectLinear } from './linear-time';

function turn(times: number): number {
  let sum = 0;
  for (let index = 0; index < times; index++) sum += index % 7;
  return sum;
}

it('takes what is linear', () => {
  expectLinear(100_000_000, turn);
});

it('finds what is quadratic, at a length of a few thousand', () => {
  let longest = 0;
  const quadratic = (length: number) => {
    longest = Math.max(longest, length);
    turn(length * length);
  };
  expect(() => expectLinear(200_000, quadratic)).toThrow(/milliseconds for a length of/);
  expect(longest).toBeLessThan(100_000);
});
