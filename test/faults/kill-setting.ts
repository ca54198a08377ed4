import type { Hex } from '../../src/base/bytes.ts';
import type { StudyPlace } from './study-records.ts';

/** Where a worker can be made to kill itself: always by SIGKILL, which leaves nobody time for anything. */
export const FAILPOINTS = [
  'before-claim',
  'after-claim',
  'after-sign',
  'after-keep',
  'after-announce',
  'before-valuation',
  'after-valuation',
  'before-send',
  'during-send',
  'after-send',
  'after-receipt',
  'before-anchored',
  'after-anchored',
  'before-progress',
] as const;

export type Failpoint = (typeof FAILPOINTS)[number];

/** What is switched off in a control. */
export type Weakness = 'no-guard' | 'early-word' | 'blind';

export interface WorkerSetting extends StudyPlace {
  readonly rpcUrl: string;
  readonly contract: Hex;
  readonly member: number;
  readonly folder: string;
  /** File to which it appends what it signed and what it told. */
  readonly list: string;
  /** Different in each life: training never comes out twice the same. */
  readonly life: number;
  readonly failpoint: Failpoint | null;
  /** How often the failpoint is passed before it kills. */
  readonly passes: number;
  /** No more rounds: it ends once all is anchored. */
  readonly finish: boolean;
  readonly weakness: Weakness | null;
}
