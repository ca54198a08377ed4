import type { EpochReport } from '../model/engine.ts';
import { joinSegments } from '../protocol/segments.ts';
import { loadBase } from './base-model.ts';
import type { Progress } from './progress.ts';
import type { StudySetting } from './study-setting.ts';

/** What came out of a member's local training in one round. */
export interface TrainedUpdate {
  readonly parameters: Float32Array;
  /** The last epoch. */
  readonly report: Pick<EpochReport, 'loss' | 'accuracy'>;
}

/** Trains from the base on the member's own data. The seed of a round follows from the member's private seed. */
export async function trainRound(
  setting: StudySetting,
  progress: Progress,
  signal: AbortSignal,
): Promise<TrainedUpdate> {
  const { round } = progress;
  const base = joinSegments(await loadBase(setting.blobs, progress));
  const seed = `${setting.trainingSeed}/${round}`;
  const epochs = setting.model.train(base, setting.data.training, setting.training, { seed, signal });
  let report: Pick<EpochReport, 'loss' | 'accuracy'> = { loss: 0, accuracy: 0 };
  for (;;) {
    const step = await epochs.next();
    if (step.done) return { parameters: step.value, report };
    report = step.value;
    setting.emit({
      event: 'round.epoch',
      round,
      epoch: step.value.epoch,
      loss: report.loss,
      accuracy: report.accuracy,
    });
  }
}
