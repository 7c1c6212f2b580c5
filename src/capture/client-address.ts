import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import proxyaddr from 'proxy-addr';
import type { TrustProxy } from '../options/readme-options';

/** Whether the proxy at an address, so many hops away, is believed. */
export type Trust = (address: string, hop: number) => boolean;

/** How a request came in, behind the proxies that are trusted. */
export interface Client {
  /** IP address; the empty string when the connection is already gone. */
  readonly address: string;
  readonly scheme: 'http' | 'https';
  /** Host and port as the client named them, or the server's own address when it named none. */
  readonly host: string;
}

/**
 * The meaning of Express's `trust proxy` values.
 *
 * @throws {TypeError} when an address cannot be read, or the value has another type.
 */
export function compileTrust(value: TrustProxy): Trust {
  if (typeof value === 'function') return (address, hop) => Boolean(value(address, hop));
  if (typeof value === 'boolean') return () => value;
  if (typeof value === 'number') {
    if (!Number.isInteger(value) || value < 0)
      throw new TypeError(`${value} is no number of proxies`);
    return (_address, hop) => hop < value;
  }
  const addresses =
    typeof value === 'string' ? value.split(',').map((item) => item.trim()) : [...value];
  return proxyaddr.compile(addresses);
}

/** Reads the client's address, scheme and host; `X-Forwarded-*` only as far as its sender is trusted. */
export function describeClient(request: IncomingMessage, trust: Trust): Client {
  const { socket } = request;
  const encrypted = (socket as Partial<TLSSocket>).encrypted === true;
  const peer = socket.remoteAddress ?? '';
  const ownHost = request.headers.host ?? localHost(request);
  if (peer === '' || !trust(peer, 0)) {
    return { address: plainAddress(peer), scheme: encrypted ? 'https' : 'http', host: ownHost };
  }
  return {
    address: plainAddress(proxyaddr(request, trust)),
    scheme: forwardedScheme(request) ?? (encrypted ? 'https' : 'http'),
    host: firstValue(request, 'x-forwarded-host') ?? ownHost,
  };
}

/** A server that listens on `::` sees IPv4 clients as `::ffff:192.0.2.1` (RFC 4291 §2.5.5.2). */
function plainAddress(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.')
    ? address.slice('::ffff:'.length)
    : address;
}

function localHost({ socket }: IncomingMessage): string {
  const address = socket.localAddress ?? 'localhost';
  const host = address.includes(':') ? `[${address}]` : address;
  return socket.localPort === undefined ? host : `${host}:${socket.localPort}`;
}

function forwardedScheme(request: IncomingMessage): 'http' | 'https' | undefined {
  const scheme = firstValue(request, 'x-forwarded-proto')?.toLowerCase();
  return scheme === 'http' || scheme === 'https' ? scheme : undefined;
}

/** The first proxy in a row writes the first value. */
function firstValue(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  const text = Array.isArray(value) ? value[0] : value;
  const first = text?.split(',', 1)[0]?.trim();
  return first === '' ? undefined : first;
}
