import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { loadProxyAddr, type Trust } from '../options/trust-proxy';
import { ipAddress, isIP } from './ip-address';
import { localAddress, peerAddress } from './peer-address';

/** How a request came in, behind the proxies that are trusted. */
export interface Client {
  /** IP address; the empty string when the connection is already gone. */
  readonly address: string;
  readonly scheme: 'http' | 'https';
  /** Host and port as the client named them, or the server's own address when it named none. */
  readonly host: string;
}

/** What a client has named itself, in pseudo-header fields of HTTP/2. */
export interface Named {
  readonly host: string | undefined;
  readonly scheme: 'http' | 'https' | undefined;
}

/** Reads the client's address, scheme and host; `X-Forwarded-*` only as far as its sender is trusted. */
export function describeClient(
  request: IncomingMessage,
  trust: Trust,
  named?: Partial<Named>,
): Client {
  const { socket } = request;
  const isEncrypted = (socket as Partial<TLSSocket> | null)?.encrypted === true;
  const ownScheme = named?.scheme ?? (isEncrypted ? 'https' : 'http');
  const peer = peerAddress(socket) ?? '';
  const ownHost = named?.host ?? request.headers.host ?? localHost(request);
  // A Unix socket has no address, which Express believes where any is, and as one of a number of proxies.
  if (!trust(peer, 0)) {
    return { address: plainAddress(peer), scheme: ownScheme, host: ownHost };
  }
  return {
    address: plainAddress(forwardedAddress(request, peer, trust)),
    scheme: forwardedScheme(request) ?? ownScheme,
    host: firstValue(request, 'x-forwarded-host') ?? ownHost,
  };
}

/**
 * The empty string where it is none: any client may write into `X-Forwarded-For` what it likes. A server that listens on `::` sees IPv4 clients as `::ffff:192.0.2.1`
 * (RFC 4291 §2.5.5.2).
 */
function plainAddress(address: string): string {
  const plain =
    address.startsWith('::ffff:') && address.includes('.')
      ? address.slice('::ffff:'.length)
      : address;
  return isIP(plain) === 0 ? '' : plain;
}

/** `proxy-addr` would read the address of the socket itself, and trust no proxy that wrote its port. */
function forwardedAddress({ headers }: IncomingMessage, peer: string, trust: Trust): string {
  const forwarded = headers['x-forwarded-for'];
  if (forwarded === undefined) return peer;
  const list = String(forwarded)
    .split(',')
    .map((address) => ipAddress(address) ?? address)
    .join();
  const request = { headers: { 'x-forwarded-for': list }, socket: { remoteAddress: peer } };
  return loadProxyAddr()(request as unknown as IncomingMessage, trust);
}

function localHost({ socket }: IncomingMessage): string {
  const { address = 'localhost', port } = localAddress(socket);
  const host = address.includes(':') ? `[${address}]` : address;
  return port === undefined ? host : `${host}:${port}`;
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
