import { createSecureRandom } from '../base/secure-random.ts';
import type { EpochReport } from '../model/engine.ts';
import { joinSegments } from '../protocol/segments.ts';
import { loadBase } from './base-model.ts';
import type { Progress } from './progress.ts';
import type { StudySetting } from './study-setting.ts';
import { type RoundTraining, takeOuterStep } from './take-outer-step.ts';
import { trainLocally } from './train-locally.ts';
import { trainPrivately } from './train-privately.ts';

/** What came out of a member's local training in one round. */
export interface TrainedUpdate {
  readonly parameters: Float32Array;
  /** The epoch that counts; null where the study hides what it would tell. */
  readonly report: Pick<EpochReport, 'loss' | 'accuracy'> | null;
}

/**
 * Trains from the base on the member's own data. The seed of a round follows from the member's private seed; noise has none.
 * @returns null where the round's contribution was decided before a crash, and privacy would be spent a second time for nothing
 * @throws PeerError `peer/privacy-budget`
 */
export async function trainRound(
  setting: StudySetting,
  progress: Progress,
  signal: AbortSignal,
): Promise<TrainedUpdate | null> {
  const { round } = progress;
  const base = joinSegments(await loadBase(setting.blobs, progress));
  if (setting.manifest.privacy.unit === 'none') return trainOpenly(setting, { round, base, signal, isPublic: true });
  if (setting.store.guard.claimed(round) !== null) return null;
  const parameters = await trainPrivately(setting, {
    round,
    base,
    trainOpenly: async () => (await trainOpenly(setting, { round, base, signal, isPublic: false })).parameters,
    random: createSecureRandom(),
    signal,
  });
  return { parameters, report: null };
}

interface OpenRound {
  readonly round: number;
  readonly base: Float32Array;
  readonly signal: AbortSignal;
  /** Whether figures of the training may be told. */
  readonly isPublic: boolean;
}

async function trainOpenly(setting: StudySetting, task: OpenRound): Promise<TrainedUpdate> {
  const { round, base, signal, isPublic } = task;
  const onEpoch = ({ epoch, loss, accuracy, keptEpoch }: EpochReport): void =>
    setting.emit({ event: 'round.epoch', round, epoch, loss, accuracy, keptEpoch });
  const trained = await trainLocally(setting, { round, base, signal, ...(isPublic ? { onEpoch } : {}) });
  return { parameters: await stepped(setting, { round, base, trained: trained.parameters }), report: trained.report };
}

async function stepped(setting: StudySetting, training: RoundTraining): Promise<Float32Array> {
  const { outer } = setting.training;
  return outer === undefined ? training.trained : takeOuterStep(setting, outer, training);
}
