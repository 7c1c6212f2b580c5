import type { IncomingMessage } from 'node:http';
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

/** What is used of the package proxy-addr. Its own types would have to be there for every user of this package's. */
interface ProxyAddr {
  /** The address of the client, as far as the proxies in between are trusted. */
  (request: IncomingMessage, trust: Trust): string;
  /** @throws {TypeError} for what is no address, and no name of a range. */
  compile(addresses: string[]): Trust;
}

let proxyAddr: ProxyAddr | undefined;

/** Not at the start of every process: it is for those that trust a proxy. */
export function loadProxyAddr(): ProxyAddr {
  if (proxyAddr !== undefined) return proxyAddr;
  const returnRequire = lendRequire();
  try {
    proxyAddr = require('proxy-addr') as ProxyAddr;
    return proxyAddr;
  } finally {
    returnRequire();
  }
}
