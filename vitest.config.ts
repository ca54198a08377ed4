import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/web/global-setup.ts'],
    // Two cores: what runs side by side must leave room for the processes that the end-to-end tests start.
    maxWorkers: 2,
    // Tests of memory look at what is left after garbage was collected.
    execArgv: ['--expose-gc'],
    // What takes a second on an idle machine: these only bound it, so that a busy one fails no test.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 60_000 } },
    fileParallelism: true,
  },
});
