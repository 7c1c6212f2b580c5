import { expect, it } from 'vitest';
import { mountedAt } from '../../src/capture/express-mounts';

it('an application that makes a router for each request is not searched for each', () => {
  let searches = 0;
  const root = {
    get stack() {
      searches++;
      return [];
    },
  };
  for (let request = 0; request < 1000; request++) {
    expect(mountedAt({ router: root }, {}, '/a', true)?.template).toBe('/a');
  }
  expect(searches).toBeLessThan(20);
});
