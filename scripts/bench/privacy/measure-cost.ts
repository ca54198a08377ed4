import type { Architecture } from '../../../src/model/architecture.ts';
import { consecutiveBatches } from '../../../src/model/batch.ts';
import { noClassBalance } from '../../../src/model/class-balance.ts';
import { defaultPrivateTraining } from '../../../src/model/default-private-training.ts';
import type { Engine } from '../../../src/model/engine.ts';
import type { Examples } from '../../../src/model/examples.ts';
import { initialParameters } from '../../../src/model/initial-parameters.ts';
import { createNetwork } from '../../../src/model/network.ts';
import { layoutOf } from '../../../src/model/parameter-layout.ts';
import { createPrivateSteps } from '../../../src/privacy/private-steps.ts';
import { createSeededSource } from '../../../test/privacy/seeded-source.ts';
import { median } from '../median.ts';
import { type Federation, openTraining } from './federation.ts';

const TURNS = 5;
const STEPS = 10;

export interface PrivacyCost {
  /** CPU time of a private step ÷ that of a plain one with the same network and as many samples. */
  readonly stepRatio: number;
  readonly millisecondsPerStep: number;
  /** CPU time of a clipped sum of gradients ÷ that of their mean, same network and batch. */
  readonly clippingRatio: number;
}

/** What privacy costs in time: ways take turns, and the first turn only warms up. */
export async function measureCost(engine: Engine, federation: Federation): Promise<PrivacyCost> {
  const { architecture, batchSize, training, clipNorm } = defaultPrivateTraining(federation.kind, federation.test);
  const examples = firstSamples(federation.test, batchSize);
  const model = engine.createModel(architecture);
  const start = initialParameters(architecture, 'cost');
  const plain = openTraining(model, { ...training, batchSize, localEpochs: STEPS }, 'cost');
  const terms = { clipNorm, noiseMultiplier: 1, batchSize: examples.samples, stepsPerRound: STEPS };
  const random = createSeededSource('cost');
  const times = await takeTurns([
    () => plain(start, examples, 'plain'),
    () =>
      model.trainPrivately(start, examples, training, { steps: createPrivateSteps(terms, examples.samples, random) }),
    ...passes(architecture, examples, clipNorm),
  ]);
  return {
    stepRatio: median(times.map(([open = 0, noisy = 0]) => noisy / open)),
    millisecondsPerStep: median(times.map(([, noisy = 0]) => noisy / STEPS)),
    clippingRatio: median(times.map(([, , mean = 0, clipped = 0]) => clipped / mean)),
  };
}

/** The mean gradient and the clipped sum, as often as there are steps. */
function passes(architecture: Architecture, examples: Examples, clipNorm: number): (() => Promise<void>)[] {
  const start = initialParameters(architecture, 'cost');
  const network = createNetwork(architecture, layoutOf(architecture));
  const [batch] = consecutiveBatches(examples, examples.samples);
  if (batch === undefined) return [];
  const repeat = (pass: () => unknown) => async () => {
    for (let step = 0; step < STEPS; step++) pass();
  };
  return [
    repeat(() => network.differentiate(start, batch, noClassBalance(examples.classes), null)),
    repeat(() => network.clippedGradientSum(start, batch, clipNorm)),
  ];
}

/** CPU-milliseconds of each way in each turn. */
async function takeTurns(ways: readonly (() => Promise<unknown>)[]): Promise<number[][]> {
  const turns: number[][] = [];
  for (let turn = 0; turn <= TURNS; turn++) {
    const times: number[] = [];
    for (const way of ways) {
      const before = process.cpuUsage();
      await way();
      const { user, system } = process.cpuUsage(before);
      times.push((user + system) / 1000);
    }
    if (turn > 0) turns.push(times);
  }
  return turns;
}

function firstSamples(examples: Examples, most: number): Examples {
  const [first] = consecutiveBatches(examples, most);
  return { ...examples, ...first };
}
