import { lendRequire } from '../bundles/lend-require';

/** With the first upload: to load it is a tenth of what the start of the worker costs. */
export function loadBusboy(): typeof import('@fastify/busboy') {
  const returnRequire = lendRequire();
  try {
    return require('@fastify/busboy') as typeof import('@fastify/busboy');
  } finally {
    returnRequire();
  }
}
