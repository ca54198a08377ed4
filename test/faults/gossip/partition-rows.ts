import type { RowGroup } from '../all-rows.ts';
import { partitionControls, partitions } from './partitions.ts';

export const PARTITION_ROWS: RowGroup = {
  name: 'partitions',
  run: async (extent, seed) => [
    await partitions({ cuts: extent === 'quick' ? 2 : 60, seed }),
    ...(await partitionControls(seed)),
  ],
};
