import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isBundled, ownScript } from '../../bundles/own-script';

/** Names that a bundler gives to an entry `readme-metrics-worker`. */
const BESIDE_BUNDLE = ['js', 'cjs', 'mjs'].map((ending) => `readme-metrics-worker.${ending}`);

/**
 * The file of the worker's code: that of this package; or, when this code has become part of a bundle, the
 * bundle's own beside it, or that of the package where it is installed after all.
 *
 * @throws {Error} with a code that `worker-unavailable.ts` explains.
 */
export function workerFile(): string {
  if (!isBundled()) {
    // Written so that tracers of files, such as @vercel/nft, see the worker and what it requires.
    let file = join(__dirname, 'worker.js');
    // The tests run the sources.
    if (__filename.endsWith('.ts'))
      file = join(__dirname, '../../../dist/delivery/worker/worker.js');
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

function bundlePath(): string {
  const script = ownScript();
  return script.startsWith('file:') ? fileURLToPath(script) : resolve(script);
}

function withCode(code: string): Error {
  return Object.assign(new Error('there is no file with the code of the worker'), { code });
}
