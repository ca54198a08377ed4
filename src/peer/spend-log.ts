import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { decodeCanonical, encodeCanonical } from '../base/canonical.ts';
import type { SampledGaussian } from '../privacy/sampled-gaussian.ts';

/**
 * What was spent of the privacy budget: one entry for each attempt to train a round, written before anything is computed from the data.
 * An attempt that a crash ended counts like any other.
 */
export interface SpendLog {
  /** On disk when it returns. */
  add(round: number, mechanism: SampledGaussian): void;
  /** All of it, equal mechanisms in one. */
  spent(): SampledGaussian[];
  /** The last round that something was spent for; null before the first. */
  lastRound(): number | null;
}

const mechanismSchema = z.strictObject({ samplingRate: z.number(), noiseMultiplier: z.number(), steps: z.int() });

export function createSpendLog(database: DatabaseSync): SpendLog {
  return {
    add: (round, { samplingRate, noiseMultiplier, steps }) => {
      const value = encodeCanonical({ samplingRate, noiseMultiplier, steps });
      database.prepare('INSERT INTO spending (round, value) VALUES (?, ?)').run(round, value);
    },
    lastRound: () => database.prepare('SELECT max(round) AS round FROM spending').get()?.['round'] as number | null,
    spent: () => {
      const rows = database.prepare('SELECT value FROM spending ORDER BY id').all() as { value: Uint8Array }[];
      const attempts = rows.map(({ value }) => mechanismSchema.parse(decodeCanonical(value)));
      const alike = Map.groupBy(attempts, ({ samplingRate, noiseMultiplier }) => `${samplingRate}/${noiseMultiplier}`);
      return [...alike.values()].map((each) => ({
        ...(each[0] as SampledGaussian),
        steps: each.reduce((total, { steps }) => total + steps, 0),
      }));
    },
  };
}
