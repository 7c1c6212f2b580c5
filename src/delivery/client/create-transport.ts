import { isInDomain } from '../../options/next-turn';
import { proxyFor } from '../../options/proxy';
import { NodeHttpTransport } from './node-http-transport';
import { RenewingTransport } from './renewing-transport';
import type { ConnectionOptions, HttpTransport, TransportOptions } from './transport';
import { UndiciTransport } from './undici-transport';

export function createTransport(options: TransportOptions): HttpTransport {
  const proxy = proxyFor(options.proxy, options.server);
  const create = (certificates?: readonly string[]) => connect({ ...options, proxy, certificates });
  const { askForCertificates } = options;
  return askForCertificates === undefined || !options.server.startsWith('https:')
    ? create()
    : new RenewingTransport(create, askForCertificates);
}

/**
 * undici parses in WebAssembly, which is not there under `--jitless`; and in a bundle, it may not be there. It
 * uses immediates, which are not for domains.
 */
function connect(options: ConnectionOptions): HttpTransport {
  if (!('WebAssembly' in globalThis) || isInDomain()) return new NodeHttpTransport(options);
  try {
    return new UndiciTransport(options);
  } catch {
    return new NodeHttpTransport(options);
  }
}
