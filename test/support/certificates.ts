import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A certificate authority that only this test knows, and a certificate of it for this machine. */
export interface OwnAuthority {
  /** PEM of the authority's certificate. */
  readonly caFile: string;
  /** For `https.createServer`. */
  readonly server: { readonly key: string; readonly cert: string };
  remove(): void;
}

export function ownAuthority(): OwnAuthority {
  const folder = mkdtempSync(join(tmpdir(), 'readme-ca-'));
  const openssl = (...args: string[]) =>
    execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  const key = [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-days',
    '30',
  ];
  openssl(
    ...['req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.pem'],
    ...['-subj', '/CN=authority of a test', '-addext', 'keyUsage=critical,keyCertSign'],
  );
  openssl('req', ...key, '-keyout', 'server.key', '-out', 'server.csr', '-subj', '/CN=localhost');
  writeFileSync(join(folder, 'server.ext'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
  openssl(
    ...['x509', '-req', '-in', 'server.csr', '-days', '30', '-extfile', 'server.ext'],
    ...['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-out', 'server.pem'],
  );
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  return {
    caFile: join(folder, 'ca.pem'),
    server: { key: read('server.key'), cert: read('server.pem') },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
