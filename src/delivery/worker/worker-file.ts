import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ownScript } from '../../bundles/own-script';

/** Names that a bundler gives to an entry `readme-metrics-worker`. */
const BESIDE_BUNDLE = ['js', 'cjs', 'mjs'].map((ending) => `readme-metrics-worker.${ending}`);

/**
 * The file of the worker's code: that of this package; or, when this code has become part of a bundle, the
 * bundle's own beside it, or that of the package where it is installed after all.
 *
 * @throws {Error} with a code that `worker-unavailable.ts` explains.
 */
export function workerFile(): string {
  if (isUnbundled()) {
    // Written so that tracers of files, such as @vercel/nft, see the worker and what it requires.
    const file = join(__dirname, 'worker.js');
    if (existsSync(file)) return resolve(file);
    throw withCode('ERR_README_WORKER_MISSING');
  }
  if (typeof __filename === 'string' && __filename.endsWith('.ts')) {
    // The tests run the sources.
    const file = resolve(__dirname, '../../../dist/delivery/worker/worker.js');
    if (existsSync(file)) return file;
    throw withCode('ERR_README_WORKER_MISSING');
  }
  const bundle = bundlePath();
  const beside = BESIDE_BUNDLE.map((name) => join(dirname(bundle), name)).find(existsSync);
  if (beside !== undefined) return beside;
  try {
    return createRequire(bundle).resolve('readme-metrics-opentelemetry/worker');
  } catch {
    throw withCode('ERR_README_WORKER_BUNDLED');
  }
}

/** Beside a bundle, a file with the worker's name is the application's. */
function isUnbundled(): boolean {
  return (
    typeof __filename === 'string' &&
    basename(__filename) === 'worker-file.js' &&
    existsSync(__filename)
  );
}

function bundlePath(): string {
  const script = ownScript();
  return script.startsWith('file:') ? fileURLToPath(script) : resolve(script);
}

function withCode(code: string): Error {
  return Object.assign(new Error('there is no file with the code of the worker'), { code });
}
