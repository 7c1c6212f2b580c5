import { isIP } from 'node:net';

const IPV4_WITH_PORT = /^([\d.]+):\d+$/;
const IN_BRACKETS = /^\[([^\]]*)\](?::\d+)?$/;

/**
 * The IP address that a proxy has written: without a port (Azure's gateways append it), brackets and a zone, which
 * may be any text; undefined when it is none, such as `unknown` (RFC 7239 §6).
 */
export function ipAddress(text: string): string | undefined {
  const bare = text.trim().replace(/^"(.*)"$/, '$1');
  const host = IPV4_WITH_PORT.exec(bare)?.[1] ?? IN_BRACKETS.exec(bare)?.[1] ?? bare;
  const zone = host.indexOf('%');
  const address = zone < 0 ? host : host.slice(0, zone);
  return isIP(address) === 0 ? undefined : address;
}
