import { beforeAll, describe, expect, test } from 'vitest';
import type { SecureRandom } from '../../src/base/secure-random.ts';
import type { Architecture } from '../../src/model/architecture.ts';
import { noClassBalance } from '../../src/model/class-balance.ts';
import type { Examples } from '../../src/model/examples.ts';
import { createNetwork, type Network } from '../../src/model/network.ts';
import { layoutOf } from '../../src/model/parameter-layout.ts';
import type { PrivateSteps } from '../../src/model/private-steps.ts';
import { privateTrainingLoop } from '../../src/model/private-training-loop.ts';
import { createWasmEngine } from '../../src/model/wasm-engine.ts';
import { calibrateNoise } from '../../src/privacy/calibrate-noise.ts';
import { addGaussianNoise } from '../../src/privacy/gaussian-noise.ts';
import { createPrivateSteps, type RecordPrivacy } from '../../src/privacy/private-steps.ts';
import { options } from '../model/small-training.ts';
import { empiricalEpsilon } from './empirical-epsilon.ts';
import { createSeededSource } from './seeded-source.ts';

/*
 * An adversary who sees every noisy sum, knows all records but one, and has made that one himself: a canary whose gradient
 * is clipped to the full norm. What he can tell of its presence bounds ε from below.
 */
const STEPS = 1000;
/** Enough to find what is wrong. */
const FAULT_STEPS = 250;
const DELTA = 1e-5;
const CLIP_NORM = 0.5;
const RECORDS = 8;
const architecture: Architecture = { kind: 'mlp', inputs: 4, hidden: [], classes: 2 };
const layout = layoutOf(architecture);
const initial = new Float32Array(layout.parameterCount);

/** Eight ordinary records; the last place is the canary's, or another ordinary record that contributes nothing. */
function recordsWith(canary: boolean): Examples {
  const inputs = new Float32Array(RECORDS * 4).map((_, i) => Math.sin(i) / 10);
  inputs.fill(canary ? 1000 : 0, (RECORDS - 1) * 4);
  return { inputs, labels: new Uint8Array(RECORDS), samples: RECORDS, inputShape: [4], classes: 2 };
}

/** An implementation of private training under audit, right or wrong. */
interface Subject {
  readonly network: Network;
  steps(terms: RecordPrivacy, random: SecureRandom): PrivateSteps;
}

/** Without the canary the last place is empty. */
const batchOf = (canary: boolean): number[] => Array.from({ length: canary ? RECORDS : RECORDS - 1 }, (_, i) => i);

let network: Network;
beforeAll(async () => {
  await createWasmEngine();
  network = createNetwork(architecture, layout);
});

/** Noisy sums of a training of so many steps. @param present whether the canary is in the batch of a step */
async function observe(
  subject: Subject,
  { noiseMultiplier, count }: { noiseMultiplier: number; count: number },
  present: (step: number) => boolean,
): Promise<Float64Array[]> {
  const terms = { clipNorm: CLIP_NORM, noiseMultiplier, batchSize: RECORDS, stepsPerRound: count };
  const steps = subject.steps(terms, createSeededSource(`${noiseMultiplier}/${present(0)}`));
  const seen: Float64Array[] = [];
  const watched: PrivateSteps = {
    ...steps,
    drawBatch: () => batchOf(present(seen.length)),
    perturb: (sum) => {
      const noisy = Float64Array.from(steps.perturb(sum));
      seen.push(noisy);
      return noisy;
    },
  };
  // So small a step that every sum is taken at the same parameters.
  const still = { ...options, momentum: 0, weightDecay: 0, learningRate: 1e-9 };
  await privateTrainingLoop(
    subject.network,
    initial,
    { examples: recordsWith(true), options: still },
    { steps: watched },
  );
  return seen;
}

/** How far an observation lies along the canary's gradient: about 0 without it, about 1 with it. */
function scoreOf(observation: Float64Array, known: Float32Array): number {
  const canary = clippedSum([RECORDS - 1]);
  const along = observation.reduce((sum, value, i) => sum + (value - (known[i] as number)) * (canary[i] as number), 0);
  return along / CLIP_NORM ** 2;
}

function clippedSum(indices: readonly number[]): Float32Array {
  const { inputs } = recordsWith(true);
  const rows = indices.map((index) => inputs.subarray(4 * index, 4 * index + 4));
  const batch = {
    samples: rows.length,
    inputs: Float32Array.from(rows.flatMap((row) => [...row])),
    labels: new Uint8Array(rows.length),
  };
  return network.clippedGradientSum(initial, batch, CLIP_NORM).gradient;
}

/** Lower bound of one step's ε. */
async function audit(subject: Subject, noiseMultiplier: number, count: number): Promise<number> {
  const known = clippedSum(batchOf(false));
  const score = (observation: Float64Array): number => scoreOf(observation, known);
  const without = (await observe(subject, { noiseMultiplier, count }, () => false)).map(score);
  const present = (await observe(subject, { noiseMultiplier, count }, () => true)).map(score);
  return empiricalEpsilon({ without, present }, 0.5, DELTA);
}

/** The same from the difference of each two steps, of which the canary is in the first only. */
async function auditPairs(subject: Subject, noiseMultiplier: number, count: number): Promise<number> {
  const none = new Float32Array(layout.parameterCount);
  const scores = async (present: (step: number) => boolean): Promise<number[]> => {
    const seen = await observe(subject, { noiseMultiplier, count }, present);
    return Array.from({ length: count / 2 }, (_, pair) => {
      const [first, second] = [seen[2 * pair] as Float64Array, seen[2 * pair + 1] as Float64Array];
      return scoreOf(
        first.map((value, i) => value - (second[i] as number)),
        none,
      );
    });
  };
  const [without, present] = [await scores(() => false), await scores((step) => step % 2 === 0)];
  return empiricalEpsilon({ without, present }, 0.5, DELTA);
}

const ours = (): Subject => ({ network, steps: (terms, random) => createPrivateSteps(terms, RECORDS, random) });
const noiseFor = (epsilon: number): number => calibrateNoise({ epsilon, delta: DELTA, samplingRate: 1, steps: 1 });

describe('an adversary who sees every noisy sum', () => {
  test.each([1, 4, 8])('learns no more of a canary than ε = %d allows, and not much less', async (epsilon) => {
    const bound = await audit(ours(), noiseFor(epsilon), STEPS);
    expect(bound).toBeLessThanOrEqual(epsilon);
    expect(bound).toBeGreaterThan(0.3 * epsilon);
  });

  test('learns no more from two steps together', async () => {
    expect(await auditPairs(ours(), noiseFor(4), STEPS)).toBeLessThanOrEqual(4);
  });

  test('finds noise that was divided by the batch twice', async () => {
    const scaledTwice: Subject = {
      network,
      steps: (terms, random) => {
        const scale = { sensitivity: terms.clipNorm / terms.batchSize, noiseMultiplier: terms.noiseMultiplier };
        return { ...ours().steps(terms, random), perturb: (sum) => addGaussianNoise(sum, scale, random) };
      },
    };
    expect(await audit(scaledTwice, noiseFor(4), FAULT_STEPS)).toBeGreaterThan(4);
  });

  test('finds gradients that were clipped after averaging', async () => {
    const clippedLate: Network = {
      ...network,
      clippedGradientSum: (parameters, batch, clipNorm) => {
        const { gradient, logProbabilities } = network.differentiate(parameters, batch, noClassBalance(2), null);
        const norm = Math.sqrt(gradient.reduce((sum, value) => sum + value * value, 0));
        const factor = batch.samples * Math.min(1, clipNorm / norm);
        return { gradient: gradient.map((value) => value * factor), norms: Float32Array.of(norm), logProbabilities };
      },
    };
    expect(await audit({ ...ours(), network: clippedLate }, noiseFor(4), FAULT_STEPS)).toBeGreaterThan(4);
  });

  test('finds noise that was used in two rounds', async () => {
    const reused: Subject = {
      network,
      steps: (terms, random) => {
        const steps = ours().steps(terms, random);
        let noise: Float64Array | null = null;
        const perturb = (sum: Float64Array): Float64Array => {
          const fresh = noise === null;
          noise ??= Float64Array.from(steps.perturb(new Float64Array(sum.length)));
          const noisy = noise.map((value, i) => value + (sum[i] as number));
          if (!fresh) noise = null;
          return noisy;
        };
        return { ...steps, perturb };
      },
    };
    expect(await auditPairs(reused, noiseFor(4), FAULT_STEPS)).toBeGreaterThan(4);
  });
});
