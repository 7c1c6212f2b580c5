import { lendRequire } from '../bundles/lend-require';

/** With `filterSpans`, bodies are filtered on the application's own thread: only then it needs the code for that. */
export function loadFilteredAttributes(): typeof import('./filtered-attributes') {
  const returnRequire = lendRequire();
  try {
    return require('./filtered-attributes') as typeof import('./filtered-attributes');
  } finally {
    returnRequire();
  }
}
