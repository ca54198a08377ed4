import { type DataSource, readSource } from '../../../src/data/read-source.ts';
import { splitFederation } from '../../../src/data/split.ts';
import type { Evaluation, Model } from '../../../src/model/engine.ts';
import type { Examples } from '../../../src/model/examples.ts';
import { initialParameters } from '../../../src/model/initial-parameters.ts';
import type { TrainingOptions } from '../../../src/model/training-options.ts';

const MEMBERS = 5;

/** Hospitals with their shares of a data set, and what judges them. */
export interface Federation {
  readonly kind: DataSource['kind'];
  readonly seed: string;
  readonly shares: readonly Examples[];
  readonly test: Examples;
}

/** Five hospitals. @param dataset what `readSource` takes */
export async function readFederationOf(dataset: string, alpha: number, seed: string): Promise<Federation> {
  const source = await readSource(dataset);
  const { test, members } = splitFederation(source, { members: MEMBERS, alpha, seed });
  return { kind: source.kind, seed, test, shares: members.map(({ training }) => training) };
}

/** A member's work in a round. @param name of the member and the round, for seeds */
export type LocalTraining = (parameters: Float32Array, share: Examples, name: string) => Promise<Float32Array>;

/** Rounds of training by all members, whose models are then averaged by samples. */
export async function federate(
  model: Model,
  { shares, test, seed }: Pick<Federation, 'shares' | 'test' | 'seed'>,
  rounds: number,
  train: LocalTraining,
): Promise<Evaluation> {
  let parameters = initialParameters(model.architecture, seed);
  for (let round = 0; round < rounds; round++) {
    const updates: Float32Array[] = [];
    for (const [member, share] of shares.entries()) updates.push(await train(parameters, share, `${member}/${round}`));
    parameters = meanBySamples(updates, shares);
  }
  return model.evaluate(parameters, test);
}

/** Training as a study without privacy does it. */
export function openTraining(model: Model, options: TrainingOptions, seed: string): LocalTraining {
  return async (parameters, share, name) => {
    const epochs = model.train(parameters, share, options, { seed: `${seed}/${name}` });
    for (;;) {
      const step = await epochs.next();
      if (step.done) return step.value;
    }
  };
}

function meanBySamples(updates: readonly Float32Array[], shares: readonly Examples[]): Float32Array {
  const total = shares.reduce((sum, { samples }) => sum + samples, 0);
  const mean = new Float64Array(updates[0]?.length ?? 0);
  updates.forEach((update, member) => {
    const share = (shares[member]?.samples ?? 0) / total;
    update.forEach((value, i) => {
      mean[i] = (mean[i] ?? 0) + share * value;
    });
  });
  return Float32Array.from(mean);
}
