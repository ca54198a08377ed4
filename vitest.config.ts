import { defineConfig } from 'vitest/config';

/** Files that look at their process's memory, change what all in it share, or are timed: each has a process of its own. */
const ALONE = [
  'test/{contracts,end-to-end,faults,lab,web}/**/*.test.ts',
  'test/http/{read-only-server,streams}.test.ts',
  'test/data/zip-archive.test.ts',
  'test/model/{memory,wasm-engine}.test.ts',
  'test/ledger/embedded-chain.test.ts',
];

export default defineConfig({
  test: {
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
    projects: [
      { extends: true, test: { name: 'alone', include: ALONE } },
      // All others go through two processes, one file after the other: half of what they take is loading the libraries.
      { extends: true, test: { name: 'together', include: ['test/**/*.test.ts'], exclude: ALONE, isolate: false } },
    ],
  },
});
