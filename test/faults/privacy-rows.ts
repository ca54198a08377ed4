import type { RowGroup } from './all-rows.ts';
import { privacyKills, privacyKillsControl } from './privacy-kills.ts';

/** The fault rows of the privacy budget. */
export const PRIVACY_ROW_GROUPS: readonly RowGroup[] = [
  {
    name: 'privacy-kills',
    run: async (extent, seed) => [
      await privacyKills({ kills: extent === 'quick' ? 12 : 1_000, seed }),
      await privacyKillsControl({ kills: 2, seed }),
    ],
  },
];
