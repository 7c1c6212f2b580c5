import { availableParallelism } from 'node:os';
import { defineConfig, type Plugin } from 'vitest/config';

/** The sources load some of their own files when they are needed. What Vitest runs can only `import` those. */
const requireOfSources: Plugin = {
  name: 'require-of-sources',
  enforce: 'pre',
  transform(code, id) {
    if (!/\/src\/.+\.ts$/.test(id)) return undefined;
    const imports: string[] = [];
    const changed = code.replace(/\brequire\(('\.[^']+')\)/g, (_call, path: string) => {
      imports.push(`import * as required${imports.length} from ${path};`);
      return `required${imports.length - 1}`;
    });
    return imports.length === 0 ? undefined : { code: changed + imports.join(''), map: null };
  },
};

export default defineConfig({
  plugins: [requireOfSources],
  test: {
    include: ['test/**/*.test.ts'],
    environment: 'node',
    globals: false,
    // A process a file: tests of the request path patch and watch node:http.
    pool: 'forks',
    // Each file may start five applications at a time (`describe.concurrent`), about 100 MB each.
    maxWorkers: Math.min(availableParallelism(), 4),
    globalSetup: 'test/support/run-folder.ts',
    env: {
      // Where a test is not about the worker thread, it is quicker without one.
      README_BACKGROUND_WORKER_MODE: 'false',
      // Where it is not about this deadline, no machine is too slow for it.
      README_TIMEOUT_MILLIS: '120000',
    },
    // These bound hangs; no test depends on how fast the machine is (test/support/patience.ts).
    testTimeout: 240_000,
    hookTimeout: 240_000,
    teardownTimeout: 240_000,
  },
});
