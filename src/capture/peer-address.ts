import type { Socket } from 'node:net';

/** The part of Node's sockets that knows their addresses, also under TLS. */
interface SocketInternals {
  readonly _handle?: {
    getpeername?(out: Address): number;
    getsockname?(out: Address): number;
  } | null;
}

interface Address {
  address?: string | undefined;
  port?: number | undefined;
}

const peers = new WeakMap<Socket, string>();

/**
 * The address of the client; undefined when the connection is gone.
 *
 * Not `socket.remoteAddress`: what that has once answered it goes on to answer after a disconnect, where the
 * application would find nothing without this package.
 */
export function peerAddress(socket: Socket | null | undefined): string | undefined {
  // Requests that have come over no connection may have none.
  if (!socket) return undefined;
  // What reads the PROXY protocol puts the address of the client there.
  if (Object.hasOwn(socket, 'remoteAddress')) return socket.remoteAddress;
  // To ask the system takes longer than all else at the beginning of an exchange.
  const known = peers.get(socket);
  if (known !== undefined) return known;
  const address = ask(socket, 'getpeername')?.address ?? socket.remoteAddress;
  if (address !== undefined) peers.set(socket, address);
  return address;
}

/** The server's own address and port, for the same reason not `socket.localAddress`. */
export function localAddress(socket: Socket | null | undefined): Address {
  if (!socket) return {};
  return ask(socket, 'getsockname') ?? { address: socket.localAddress, port: socket.localPort };
}

/** @returns `undefined` where Node's sockets answer without asking the system. */
function ask(socket: Socket, what: 'getpeername' | 'getsockname'): Address | undefined {
  const handle = (socket as SocketInternals)._handle;
  if (typeof handle?.[what] !== 'function') return undefined;
  const out: Address = {};
  return handle[what](out) === 0 ? out : undefined;
}
