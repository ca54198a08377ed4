import { type Extent, type RowGroup, runGroupOf } from './all-rows.ts';
import type { FaultRow } from './fault-row.ts';
import { droppers } from './gossip/droppers.ts';
import { equivocation } from './gossip/equivocation.ts';
import { floods } from './gossip/floods.ts';
import { frames } from './gossip/frames.ts';
import { links } from './gossip/links.ts';
import { liveFrames } from './gossip/live-frames.ts';
import { PARTITION_ROWS } from './gossip/partition-rows.ts';
import { replays } from './gossip/replays.ts';
import { soak } from './gossip/soak.ts';
import { strangers } from './gossip/strangers.ts';

/** The fault rows of the network. */
export const GOSSIP_ROW_GROUPS: readonly RowGroup[] = [
  { name: 'frames', run: (extent, seed) => frames({ frames: extent === 'quick' ? 10_000 : 1_000_000, seed }) },
  { name: 'live-frames', run: (extent, seed) => liveFrames({ frames: extent === 'quick' ? 10_000 : 100_000, seed }) },
  { name: 'floods', run: (extent, seed) => floods({ seconds: extent === 'quick' ? 3 : 60, seed }) },
  {
    name: 'strangers',
    run: (extent, seed) =>
      strangers(extent === 'quick' ? { strangers: 100, connects: 2, seed } : { strangers: 1_000, connects: 10, seed }),
  },
  { name: 'equivocation', run: (_extent, seed) => equivocation(seed) },
  { name: 'replays', run: async (extent, seed) => replays({ times: extent === 'quick' ? 50 : 10_000, seed }) },
  PARTITION_ROWS,
  { name: 'droppers', run: (extent, seed) => droppers({ members: extent === 'quick' ? 7 : 10, seed }) },
  {
    name: 'soak',
    run: (extent, seed) =>
      soak(
        extent === 'quick' ? { seconds: 20, restartSamples: 6, seed } : { seconds: 7_200, restartSamples: 15, seed },
      ),
  },
  { name: 'links', run: (extent, seed) => links({ stoppedSeconds: extent === 'quick' ? 10 : 60, seed }) },
];

export function runGossipRowGroup(name: string, extent: Extent, seed: string): Promise<FaultRow[]> {
  return runGroupOf(GOSSIP_ROW_GROUPS, name, { extent, seed });
}
