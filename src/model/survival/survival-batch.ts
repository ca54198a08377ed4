import type { Batch } from '../batch.ts';

/** Follow-up of some samples. */
export interface SurvivalBatch {
  /** How long each was observed. */
  readonly times: Float32Array;
  /** 1 if the observation ended with the event, 0 if it just ended. */
  readonly labels: Uint8Array;
}

/** @param batch of survival data, which has times */
export function survivalOf({ times, labels }: Batch): SurvivalBatch {
  return { times: times ?? new Float32Array(labels.length), labels };
}
