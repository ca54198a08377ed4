import { type DefaultPrivateTraining, defaultPrivateTraining } from '../../../src/model/default-private-training.ts';
import { defaultTraining } from '../../../src/model/default-training.ts';
import type { Engine, Evaluation, Model } from '../../../src/model/engine.ts';
import { calibrateNoise } from '../../../src/privacy/calibrate-noise.ts';
import { epsilonByPld } from '../../../src/privacy/pld-accountant.ts';
import { createPrivateSteps, type RecordPrivacy, recordMechanism } from '../../../src/privacy/private-steps.ts';
import { createSeededSource } from '../../../test/privacy/seeded-source.ts';
import { type Federation, federate, openTraining } from './federation.ts';

/** What is promised to every record. */
export interface RecordPromise {
  readonly epsilon: number;
  readonly delta: number;
}

/** On the common test part. */
export interface Quality {
  readonly accuracy: number;
  /** Null if a class has no sample. */
  readonly auc: number | null;
}

export interface Utility {
  /** Records of the smallest member, whose ε is the largest. */
  readonly smallestMember: number;
  readonly parameters: number;
  readonly noiseMultiplier: number;
  /** Over the members, by privacy loss distribution. */
  readonly largestEpsilon: number;
  readonly smallestEpsilon: number;
  /** With privacy, and the defaults for it. */
  readonly private: Quality;
  /** Without, and the defaults for that. */
  readonly open: Quality;
  /** Each member by itself without privacy: the mean. */
  readonly alone: Quality;
}

/** What privacy costs in accuracy: one federation three times. */
export async function measureUtility(engine: Engine, federation: Federation, promise: RecordPromise): Promise<Utility> {
  const { kind, shares, test, seed } = federation;
  const defaults = defaultPrivateTraining(kind, test);
  const model = engine.createModel(defaults.architecture);
  const smallestMember = Math.min(...shares.map(({ samples }) => samples));
  const terms = recordPrivacy(defaults, smallestMember, promise);
  const budgets = shares.map(({ samples }) => {
    const round = recordMechanism(terms, samples);
    return epsilonByPld([{ ...round, steps: round.steps * defaults.rounds }], promise.delta);
  });
  const random = createSeededSource(seed);
  const noisy = await federate(model, federation, defaults.rounds, (parameters, share) =>
    model.trainPrivately(parameters, share, defaults.training, {
      steps: createPrivateSteps(terms, share.samples, random),
    }),
  );
  return {
    smallestMember,
    parameters: model.layout.parameterCount,
    noiseMultiplier: terms.noiseMultiplier,
    largestEpsilon: Math.max(...budgets),
    smallestEpsilon: Math.min(...budgets),
    private: qualityOf(noisy),
    ...(await withoutPrivacy(engine, federation)),
  };
}

/** One noise for all members, enough for the smallest: it samples the most of its records. */
function recordPrivacy(
  { clipNorm, batchSize, stepsPerRound, rounds }: DefaultPrivateTraining,
  records: number,
  promise: RecordPromise,
): RecordPrivacy {
  const samplingRate = Math.min(1, batchSize / records);
  const noiseMultiplier = calibrateNoise({ ...promise, samplingRate, steps: rounds * stepsPerRound });
  return { clipNorm, batchSize, stepsPerRound, noiseMultiplier };
}

async function withoutPrivacy(engine: Engine, federation: Federation): Promise<Pick<Utility, 'open' | 'alone'>> {
  const { kind, shares, test, seed } = federation;
  const { architecture, training, rounds } = defaultTraining(kind, test);
  const model: Model = engine.createModel(architecture);
  const train = openTraining(model, training, seed);
  const open = qualityOf(await federate(model, federation, rounds, train));
  const alone: Quality[] = [];
  for (const share of shares) {
    alone.push(qualityOf(await federate(model, { shares: [share], test, seed }, rounds, train)));
  }
  return { open, alone: meanQuality(alone) };
}

const qualityOf = ({ accuracy, auc }: Evaluation): Quality => ({ accuracy: accuracy ?? Number.NaN, auc });

/** The mean of some; of AUCs, of those that there are. */
export function meanQuality(qualities: readonly Quality[]): Quality {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const aucs = qualities.flatMap(({ auc }) => auc ?? []);
  return { accuracy: mean(qualities.map(({ accuracy }) => accuracy)), auc: aucs.length > 0 ? mean(aucs) : null };
}
