/** Trains privately until it is killed, or kills itself at a failpoint; appends a line to a file for every update with noise, as one that left the process. */
import { fsyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createSecureRandom } from '../../src/base/secure-random.ts';
import { openPeerStore, type PeerStore } from '../../src/peer/peer-store.ts';
import { type PrivateSetting, trainPrivately } from '../../src/peer/train-privately.ts';
import type { PrivacyFailpoint } from './privacy-kills.ts';

const [folder = '.', weakness = 'none', failpoint = 'none', rounds = '0'] = process.argv.slice(2);
/** How often the failpoint is still passed. */
let passes = Number(rounds);

function at(here: PrivacyFailpoint): void {
  if (here === failpoint && passes-- === 0) process.kill(process.pid, 'SIGKILL');
}

/** The control that pays once the round is over. */
function payingLate(store: PeerStore): { readonly store: PeerStore; readonly pay: () => void } {
  const owed: (() => void)[] = [];
  const add: PeerStore['spending']['add'] = (...entry) => void owed.push(() => store.spending.add(...entry));
  return {
    store: { ...store, spending: { ...store.spending, add } },
    pay: () => {
      for (const pay of owed.splice(0)) pay();
    },
  };
}

function watched(store: PeerStore): PeerStore {
  const add: PeerStore['spending']['add'] = (...entry) => {
    at('before-spend');
    store.spending.add(...entry);
    at('after-spend');
  };
  return { ...store, spending: { ...store.spending, add } };
}

const list = openSync(join(folder, 'left'), 'a');
const plain = openPeerStore(join(folder, 'peer.db'));
const { store, pay } = weakness === 'late' ? payingLate(plain) : { store: watched(plain), pay: () => {} };
const setting = {
  manifest: {
    privacy: { unit: 'member', clipNorm: 1, noiseMultiplier: 50 },
    epsilonBudgetMicros: 0xffff_ffff,
    deltaBudgetPicos: 100_000_000,
  },
  store,
  data: { training: { samples: 100 } },
} as unknown as PrivateSetting;

const signal = new AbortController().signal;
const base = new Float32Array(8);
for (let round = 0; ; round++) {
  process.stdout.write('round\n');
  await trainPrivately(setting, { round, base, trainOpenly: async () => base, random: createSecureRandom(), signal });
  writeSync(list, 'noise\n');
  fsyncSync(list);
  at('after-noise');
  await new Promise((resolve) => setImmediate(resolve));
  pay();
}
