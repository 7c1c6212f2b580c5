import type { Socket } from 'node:net';
import { clearTimeout, setTimeout } from 'node:timers';
import { loadBuiltin } from '../../bundles/load-builtin';
import type { ProxyAddress } from '../../options/proxy';
import { keepUnreferenced, proxyAuthorization, type TlsSettings } from './connections';

/** A longer answer to CONNECT is none. */
const MAX_HEAD_BYTES = 16 * 1024;

export interface TunnelOptions {
  readonly proxy: ProxyAddress;
  /** Host and port of the server at the other end. */
  readonly authority: string;
  readonly timeoutMillis: number;
  /** For a proxy that is itself reached by TLS. */
  readonly tls: TlsSettings;
}

/**
 * Opens a tunnel through a proxy (CONNECT, RFC 9110 §9.3.6).
 *
 * @returns a socket whose other end is the server.
 * @throws {Error} with the code `PROXY_` and the error's own, or the status of the proxy's answer.
 */
export async function openTunnel(options: TunnelOptions): Promise<Socket> {
  const socket = connectTo(options.proxy, options.tls);
  keepUnreferenced(socket);
  const timer = setTimeout(() => socket.destroy(failure('ETIMEDOUT')), options.timeoutMillis);
  try {
    return await handshake(socket, options);
  } catch (error) {
    socket.destroy();
    const { code } = error as NodeJS.ErrnoException;
    throw code?.startsWith('PROXY_') ? error : failure(code ?? 'ERROR');
  } finally {
    clearTimeout(timer);
  }
}

function connectTo({ origin }: ProxyAddress, tls: TlsSettings): Socket {
  const { protocol, hostname, port } = new URL(origin);
  const host = hostname.replace(/^\[|\]$/g, '');
  if (protocol === 'https:') {
    const { connect } = loadBuiltin<typeof import('node:tls')>('node:tls');
    const { isIP } = loadBuiltin<typeof import('node:net')>('node:net');
    // A server name is a name, not an address (RFC 6066 §3).
    const servername = isIP(host) === 0 ? host : '';
    return connect({ ...tls, host, port: Number(port || 443), servername });
  }
  const { connect } = loadBuiltin<typeof import('node:net')>('node:net');
  return connect({ host, port: Number(port || 80) });
}

function handshake(socket: Socket, { proxy, authority }: TunnelOptions): Promise<Socket> {
  const fields = { host: authority, ...proxyAuthorization(proxy) };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  return new Promise((resolve, reject) => {
    let head = Buffer.alloc(0);
    const onData = (chunk: Buffer) => {
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) {
        if (head.length > MAX_HEAD_BYTES) reject(failure('ANSWER'));
        return;
      }
      const status = /^HTTP\/1\.[01] (\d{3})/.exec(head.toString('latin1', 0, end))?.[1];
      if (status === undefined) return reject(failure('ANSWER'));
      if (!status.startsWith('2')) return reject(failure(`ANSWERED_${status}`));
      socket.off('data', onData).pause();
      const rest = head.subarray(end + 4);
      if (rest.length > 0) socket.unshift(rest);
      resolve(socket);
    };
    socket.on('data', onData);
    socket.on('error', reject);
    socket.on('close', () => reject(failure('ECONNRESET')));
    socket.write(`CONNECT ${authority} HTTP/1.1\r\n${lines.join('')}\r\n`);
  });
}

function failure(code: string): Error {
  return Object.assign(new Error(`no tunnel through the proxy: ${code}`), {
    code: `PROXY_${code}`,
  });
}
