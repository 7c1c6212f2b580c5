import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    environment: 'node',
    globals: false,
    // A process a file: tests of the request path patch and watch node:http.
    pool: 'forks',
    globalSetup: 'test/support/run-folder.ts',
    // Where a test is not about the worker thread, it is quicker without one.
    env: { README_BACKGROUND_WORKER_MODE: 'false' },
    testTimeout: 20_000,
    hookTimeout: 20_000,
  },
});
