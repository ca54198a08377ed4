import { createRequire } from 'node:module';
import { defineConfig } from 'hardhat/config';

const require = createRequire(import.meta.url);

/** The JavaScript build of the compiler, from npm: nothing is downloaded. */
const compiler = {
  version: require('solc/package.json').version as string,
  path: require.resolve('solc/soljson.js'),
};

/** Paris, for consortium chains; no metadata digest, so that a comment does not change the code that clients verify. */
const settings = (viaIR: boolean) => ({
  evmVersion: 'paris',
  optimizer: { enabled: true, runs: 200 },
  viaIR,
  metadata: { bytecodeHash: 'none' },
});

export default defineConfig({
  solidity: {
    profiles: {
      // For the Solidity tests: the same source in a tenth of the time.
      default: { ...compiler, settings: settings(false) },
      // What is deployed, and what the bindings hold: a scored contribution costs four per cent less gas.
      production: { ...compiler, settings: settings(true) },
    },
  },
  networks: {
    default: {
      type: 'edr-simulated',
      chainType: 'l1',
      hardfork: 'merge',
      initialBaseFeePerGas: 0,
      allowBlocksWithSameTimestamp: true,
    },
  },
  test: {
    solidity: {
      fuzz: { runs: 256, seed: process.env['CONSILIUM_FUZZ_SEED'] ?? '0x436f6e73696c69756d' },
      // Arguments from storage and code come in an order that differs from run to run, so that no seed could be replayed.
      invariant: { runs: 48, depth: 64, failOnRevert: false, includeStorage: false, includePushBytes: false },
    },
  },
});
