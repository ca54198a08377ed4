import type { EpochReport, Model } from '../model/engine.ts';
import type { TrainingOptions } from '../model/training-options.ts';
import type { MemberExamples } from './study-setting.ts';

/** What a member's training without noise follows from, and nothing else. */
export interface LocalTraining {
  readonly model: Model;
  readonly training: TrainingOptions;
  /** Private; fixes the order in which samples are trained on. */
  readonly trainingSeed: string;
  readonly data: Pick<MemberExamples, 'training' | 'heldOut'>;
}

export interface LocalRound {
  readonly round: number;
  readonly base: Float32Array;
  readonly signal: AbortSignal;
  readonly onEpoch?: (report: EpochReport) => void;
}

/** What came out, and the epoch that counts. */
export interface LocallyTrained {
  readonly parameters: Float32Array;
  readonly report: Pick<EpochReport, 'loss' | 'accuracy'>;
}

/** Trains a round on the member's own data. The same again gives the same, bit for bit, with an engine that is reproducible. */
export async function trainLocally(
  { model, training, trainingSeed, data }: LocalTraining,
  { round, base, signal, onEpoch }: LocalRound,
): Promise<LocallyTrained> {
  const run = { seed: `${trainingSeed}/${round}`, signal, heldOut: data.heldOut };
  const epochs = model.train(base, data.training, training, run);
  let report: LocallyTrained['report'] = { loss: 0, accuracy: 0 };
  for (;;) {
    const step = await epochs.next();
    if (step.done) return { parameters: step.value, report };
    const { epoch, loss, accuracy, keptEpoch } = step.value;
    if (keptEpoch === epoch) report = { loss, accuracy };
    onEpoch?.(step.value);
  }
}
