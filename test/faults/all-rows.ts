import type { FaultRow } from './fault-row.ts';
import { fullDisk } from './full-disk.ts';
import { killControls, kills } from './kills.ts';
import { lies } from './lies.ts';
import { nonces, noncesControls } from './nonces.ts';
import { outage, outageControl } from './outage.ts';
import { powerLoss } from './power-loss.ts';
import { reorganisationsInMemory, reorganisationsOnAnvil, reorganisationsOnChain } from './reorganisation-rows.ts';
import { takenBack } from './taken-back.ts';
import { tornJournal } from './torn-journal.ts';

/** How much of each row is run: `quick` with every test run, `full` before a release. */
export type Extent = 'quick' | 'full';

/** One group of rows of the ledger's fault table, with its controls. */
export interface RowGroup {
  readonly name: string;
  run(extent: Extent, seed: string): Promise<FaultRow[]>;
}

const QUICK_DEPTHS = [1, 6, 7, 32];
const FULL_DEPTHS = Array.from({ length: 32 }, (_, i) => i + 1);

export const ROW_GROUPS: readonly RowGroup[] = [
  {
    name: 'kills',
    run: async (extent, seed) => [
      await kills({ kills: extent === 'quick' ? 60 : 1_000, seed, startSeconds: extent === 'quick' ? null : 5 }),
      ...(await killControls(seed)),
    ],
  },
  {
    name: 'power-loss',
    run: async (extent, seed) => [
      ...(await powerLoss({ cuts: extent === 'quick' ? 10 : 500, seed })),
      ...(await tornJournal({ cuts: extent === 'quick' ? 200 : 10_000, seed })),
    ],
  },
  {
    name: 'outage',
    run: async (extent, seed) => [
      await outage(
        extent === 'quick'
          ? { members: 8, rounds: 19, cycles: 1, seed }
          : { members: 20, rounds: 151, cycles: 3, seed },
      ),
      await outageControl(seed),
    ],
  },
  {
    name: 'reorganisations',
    run: async (extent, seed) => [
      ...(await reorganisationsInMemory(extent === 'quick' ? QUICK_DEPTHS : FULL_DEPTHS, seed)),
      await reorganisationsOnChain(extent === 'quick' ? [1, 6, 32] : FULL_DEPTHS, seed),
      ...(extent === 'quick' ? [] : [await reorganisationsOnAnvil(FULL_DEPTHS, seed)]),
      await takenBack(),
    ],
  },
  // Each lie costs some thirty hashes of typed data, a quarter of a millisecond each: only the full form tells 10,000.
  { name: 'lies', run: (extent, seed) => lies({ edits: extent === 'quick' ? 300 : 10_000, seed }) },
  { name: 'full-disk', run: () => fullDisk() },
  {
    name: 'nonces',
    run: async (extent, seed) => [
      await nonces({ submissions: extent === 'quick' ? 200 : 10_000, seed }),
      ...(await noncesControls(seed)),
    ],
  },
];

export async function runRowGroup(name: string, extent: Extent, seed: string): Promise<FaultRow[]> {
  return runGroupOf(ROW_GROUPS, name, { extent, seed });
}

/** Runs one of several groups by its name. */
export async function runGroupOf(
  groups: readonly RowGroup[],
  name: string,
  { extent, seed }: { extent: Extent; seed: string },
): Promise<FaultRow[]> {
  const group = groups.find((each) => each.name === name);
  if (group === undefined) throw new Error(`there is no group of rows called ${name}`);
  return group.run(extent, seed);
}
