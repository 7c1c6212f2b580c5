import type { Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import { loadBuiltin } from '../../bundles/load-builtin';
import type { ProxyAddress } from '../../options/proxy';
import type { ConnectionOptions } from './transport';

/** What `tls.connect` is given for the server and for the proxy. */
export interface TlsSettings {
  readonly rejectUnauthorized: boolean;
  readonly secureContext?: SecureContext;
}

type Route = Pick<ConnectionOptions, 'proxy' | 'server'>;

/** Without certificates of its own, a connection trusts what its thread trusts at that moment. */
export function tlsSettings({
  verifyTls,
  certificates,
}: Pick<ConnectionOptions, 'verifyTls' | 'certificates'>): TlsSettings {
  if (certificates === undefined) return { rejectUnauthorized: verifyTls };
  const { createSecureContext } = loadBuiltin<typeof import('node:tls')>('node:tls');
  return {
    rejectUnauthorized: verifyTls,
    secureContext: createSecureContext({ ca: [...certificates] }),
  };
}

/** A process must not live on for a server that does not answer: who waits for it keeps the process alive. */
export function keepUnreferenced(socket: Socket): void {
  socket.unref();
  // HTTP clients do that with every request.
  socket.ref = () => socket;
}

/** Where a request goes, and its target there: a proxy for `http://` is asked for the whole URL. */
export function forwarded(
  url: string,
  headers: Readonly<Record<string, string>>,
  route: Route,
): { origin: string; path: string; headers: Readonly<Record<string, string>> } {
  const { origin, pathname, search, host, href } = new URL(url);
  if (!isForwarded(route)) return { origin, path: pathname + search, headers };
  return {
    origin: (route.proxy as ProxyAddress).origin,
    path: href,
    headers: { ...headers, host, ...proxyAuthorization(route.proxy) },
  };
}

/** A proxy for `http://` is sent the requests themselves. */
export function isForwarded({ proxy, server }: Route): boolean {
  return proxy !== undefined && server.startsWith('http:');
}

/** A proxy for `https://` opens a tunnel, and sees nothing of what goes through it. */
export function isTunnelled({ proxy, server }: Route): boolean {
  return proxy !== undefined && server.startsWith('https:');
}

export function proxyAuthorization(
  proxy: ConnectionOptions['proxy'],
): Readonly<Record<string, string>> {
  return proxy?.authorization === undefined ? {} : { 'proxy-authorization': proxy.authorization };
}
