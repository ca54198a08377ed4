import type { SecureRandom } from '../base/secure-random.ts';
import { createPrivateSteps } from '../privacy/private-steps.ts';
import { privateDifference } from '../privacy/private-update.ts';
import { epsilonMicros, roundMechanism } from '../privacy/round-mechanism.ts';
import { PeerError } from './peer-error.ts';
import type { StudySetting } from './study-setting.ts';

/** What private training takes of a study. */
export type PrivateSetting = Pick<StudySetting, 'manifest' | 'store' | 'model' | 'training'> & {
  readonly data: Pick<StudySetting['data'], 'training'>;
};

/** One round to be trained privately. */
export interface PrivateRound {
  readonly round: number;
  readonly base: Float32Array;
  /** Trains as without privacy; what comes out does not leave the process. */
  readonly trainOpenly: () => Promise<Float32Array>;
  readonly random: SecureRandom;
  readonly signal: AbortSignal;
}

/**
 * Trains a round so that what comes out hides a record, or the member. What it costs is on disk before the data are looked at.
 * @throws PeerError `peer/privacy-budget` if the round would cost more than is left; then nothing was spent
 */
export async function trainPrivately(setting: PrivateSetting, task: PrivateRound): Promise<Float32Array> {
  const { manifest, store, model, training, data } = setting;
  const { privacy } = manifest;
  const { round, base, random, signal } = task;
  const mechanism = roundMechanism(privacy, data.training.samples);
  if (mechanism === null || privacy.unit === 'none') throw new RangeError('the study hides nothing');
  const after = epsilonMicros([...store.spending.spent(), mechanism], manifest.deltaBudgetPicos);
  if (after > manifest.epsilonBudgetMicros) throw exhausted(round, after, manifest.epsilonBudgetMicros);
  store.spending.add(round, mechanism);
  if (privacy.unit === 'record') {
    const steps = createPrivateSteps(privacy, data.training.samples, random);
    return model.trainPrivately(base, data.training, training, { steps, signal });
  }
  const difference = privateDifference(base, await task.trainOpenly(), privacy, random);
  return base.map((value, i) => value + (difference[i] as number));
}

function exhausted(round: number, after: number, budget: number): PeerError {
  return new PeerError(
    'peer/privacy-budget',
    `round ${round} would bring this member's ε to ${after / 1e6}, and the study allows ${budget / 1e6}; it trains no further`,
    { details: { round } },
  );
}
