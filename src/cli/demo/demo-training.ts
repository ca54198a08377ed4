import type { DataSource } from '../../data/read-source.ts';
import { defaultPrivateTraining } from '../../model/default-private-training.ts';
import { type DefaultTraining, defaultTraining } from '../../model/default-training.ts';
import type { PrivacyBudget } from '../../peer/compose-manifest.ts';
import { calibrateNoise } from '../../privacy/calibrate-noise.ts';
import type { DemoOptions } from './demo-options.ts';

/** What a demo trains, for how many rounds, and what of it is hidden. */
export interface DemoTraining extends DefaultTraining {
  readonly privacy: PrivacyBudget | null;
}

/**
 * The recommended training for a kind of data, private where a budget is given: then with as much noise as keeps the smallest member within
 * it over all rounds; all others spend less.
 * @throws PrivacyError `privacy/unreachable`
 */
export function demoTraining(
  { rounds, epsilon, delta }: Pick<DemoOptions, 'rounds' | 'epsilon' | 'delta'>,
  { kind, shared }: DataSource,
  smallest: number,
): DemoTraining {
  if (epsilon === null) {
    const defaults = defaultTraining(kind, shared);
    return { ...defaults, rounds: rounds ?? defaults.rounds, privacy: null };
  }
  const { architecture, training, clipNorm, batchSize, stepsPerRound, ...defaults } = defaultPrivateTraining(
    kind,
    shared,
  );
  const total = rounds ?? defaults.rounds;
  const samplingRate = Math.min(1, batchSize / smallest);
  const noiseMultiplier = calibrateNoise({ epsilon, delta, samplingRate, steps: total * stepsPerRound });
  const terms = { unit: 'record', clipNorm, noiseMultiplier, batchSize, stepsPerRound } as const;
  return { architecture, training, rounds: total, privacy: { terms, epsilon, delta } };
}
