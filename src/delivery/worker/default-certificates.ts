import { loadBuiltin } from '../../bundles/load-builtin';

/** `node:tls` since 22.19 and 24.5. */
interface Tls {
  getCACertificates?(type: 'default'): string[];
  setDefaultCACertificates?: unknown;
}

/**
 * Whom this thread trusts, as PEM; `undefined` where an application cannot have changed that. An application
 * that has called `tls.setDefaultCACertificates()` has loaded `tls`; for others it is not loaded, as
 * instrumentations patch modules when they are.
 */
export function defaultCertificates(): readonly string[] | undefined {
  try {
    // The only list of what is loaded that loads nothing.
    const { moduleLoadList } = process as unknown as { moduleLoadList: readonly string[] };
    if (!moduleLoadList.includes('NativeModule tls')) return undefined;
    const tls = loadBuiltin<Tls>('node:tls');
    if (tls.setDefaultCACertificates === undefined) return undefined;
    return tls.getCACertificates?.('default');
  } catch {
    return undefined;
  }
}
