import { createRequire } from 'node:module';
import { nodeFlags } from '../../options/node-options';

/**
 * What decides whether a connection works: whom to trust, which versions of TLS, which addresses first.
 * `--tls-keylog` is not here: it would write the keys of our connections too.
 */
const CONNECTION =
  /^--(no-)?(use-(system|openssl|bundled)-ca|tls-(min|max)-v\d\.\d|dns-result-order|(enable-)?network-family-autoselection(-attempt-timeout)?)(=|$)/;
/** Of these, the ones whose value may be the next word. */
const WITH_VALUE = /^--(dns-result-order|network-family-autoselection-attempt-timeout)$/;

/**
 * The flags of Node that the worker thread gets. Of its own accord it has only those that are the whole
 * process's; of the others, `--require` and `--import` would load the application's instrumentation, or this
 * package, once more. NODE_USE_SYSTEM_CA works by the environment.
 *
 * @param file of the worker.
 */
export function workerFlags(file: string): string[] {
  const flags = connectionFlags(nodeFlags());
  const loader = plugNPlay(file);
  if (loader !== undefined) flags.push('--require', loader);
  return flags;
}

/**
 * The environment of the thread. What it needs of NODE_OPTIONS is in the flags; here it would be parsed again.
 * Whether certificates are checked is in the settings, and Node warns once a thread of the variable.
 */
export function workerEnvironment(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _, NODE_TLS_REJECT_UNAUTHORIZED: __, ...environment } = process.env;
  return environment;
}

function connectionFlags(words: readonly string[]): string[] {
  return words.flatMap((word, index) => {
    const value = words[index + 1];
    if (!CONNECTION.test(word)) return [];
    return WITH_VALUE.test(word) && value !== undefined ? [`${word}=${value}`] : [word];
  });
}

/** What Yarn's Plug'n'Play has Node load, without which no module of the worker is found. */
function plugNPlay(file: string): string | undefined {
  if (process.versions.pnp === undefined) return undefined;
  try {
    return createRequire(file).resolve('pnpapi');
  } catch {
    return undefined;
  }
}
