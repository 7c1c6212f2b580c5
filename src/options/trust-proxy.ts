import { lendRequire } from '../bundles/lend-require';
import type { TrustProxy } from './readme-options';

/** Whether the proxy at an address, so many hops away, is believed. */
export type Trust = (address: string, hop: number) => boolean;

/**
 * The meaning of Express's `trust proxy` values.
 *
 * @throws {TypeError} when an address cannot be read, or the value has another type.
 */
export function compileTrust(value: TrustProxy): Trust {
  // Now, not with the first request.
  if (value !== false && value !== 0) loadProxyAddr();
  if (typeof value === 'function') return (address, hop) => Boolean(value(address, hop));
  if (typeof value === 'boolean') return () => value;
  if (typeof value === 'number') {
    if (!Number.isInteger(value) || value < 0)
      throw new TypeError(`${value} is no number of proxies`);
    return (_address, hop) => hop < value;
  }
  const addresses =
    typeof value === 'string' ? value.split(',').map((item) => item.trim()) : [...value];
  return loadProxyAddr().compile(addresses);
}

let proxyAddr: typeof import('proxy-addr') | undefined;

/** Not at the start of every process: it is for those that trust a proxy. */
export function loadProxyAddr(): typeof import('proxy-addr') {
  if (proxyAddr !== undefined) return proxyAddr;
  const returnRequire = lendRequire();
  try {
    proxyAddr = require('proxy-addr') as typeof import('proxy-addr');
    return proxyAddr;
  } finally {
    returnRequire();
  }
}
