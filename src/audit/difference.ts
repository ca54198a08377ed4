import type { Place } from './finding.ts';

export type Side = 'first' | 'second';

/** Something that is in one and not in the other, or not the same in both. */
export interface Difference extends Place {
  readonly what: 'study' | 'manifest' | 'log' | 'entry' | 'record' | 'signature' | 'segments' | 'checkpoint' | 'block';
  /** Which of the two has it; null if both do, and differ. */
  readonly only: Side | null;
  readonly message: string;
}
