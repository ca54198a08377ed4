import { createSeededRandom, type SeededRandom } from '../../../src/base/seeded-random.ts';
import { computeMix, type MixInput, mixCoalition } from '../../../src/mixing/compute-mix.ts';
import type { RecipeEntry } from '../../../src/protocol/recipe.ts';
import { joinSegments } from '../../../src/protocol/segments.ts';
import { toMicros } from '../../../src/valuation/fixed-point.ts';
import { permutationShapley } from '../../../src/valuation/permutation-shapley.ts';
import { everybody, rememberUtility } from '../../../src/valuation/utility.ts';
import { initialVector, lossOf, type Samples, trainLocally } from '../perceptron.ts';

/** A member of the simulated study. */
export interface GamingMember {
  readonly training: Samples;
  readonly heldOut: Samples;
  /** What it states. */
  readonly samples: number;
  /** What it sends instead of its training. */
  readonly send?: (view: SendView) => Float32Array;
}

/** What a member can know when it sends. */
export interface SendView {
  readonly round: number;
  readonly base: Float32Array;
  /** What its own training gives. */
  readonly trained: Float32Array;
  /** What members before it sent in this round. */
  readonly sent: readonly Float32Array[];
  readonly earlier: readonly PlayedRound[];
  readonly random: SeededRandom;
}

export interface PlayedRound {
  readonly base: Float32Array;
  readonly updates: readonly Float32Array[];
  /** Honest scores in millionths of a nat: `scores[evaluator][member]`. */
  readonly scores: readonly (readonly number[])[];
}

export interface GamingPlan {
  readonly rounds: number;
  readonly seed: string;
}

const NETWORK = { inputs: 64, hidden: 32, classes: 10 };
const LOCAL = { batch: 32, learningRate: 0.1, momentum: 0.5 };
/** As composed manifests have it. */
const SAMPLING = { draws: 12, truncation: 0, standardError: 0 };

const TERMS: MixInput['manifest'] = {
  rounds: 1,
  staleness: { boundRounds: 0, discount: 1 },
  aggregation: { rule: 'clipped-mean', clipFactor: 3, weightShareCap: 0.5 },
};

/** Everybody trains an epoch, mixes all contributions under the default rule, and values them on its held-out part by sampled Shapley values. */
export async function playStudy(members: readonly GamingMember[], plan: GamingPlan): Promise<PlayedRound[]> {
  const played: PlayedRound[] = [];
  let base = initialVector(NETWORK, createSeededRandom(plan.seed, 'initial'));
  for (let round = 0; round < plan.rounds; round++) {
    const updates = sendAll(members, plan, { base, round, earlier: played });
    const mix = mixOf(members, base, updates);
    const scores: number[][] = [];
    for (const [evaluator, { heldOut }] of members.entries())
      scores.push(await valueMix(mix, heldOut, createSeededRandom(`${plan.seed}/${evaluator}/${round}`, 'shapley')));
    played.push({ base, updates, scores });
    base = await mixAll(mix);
  }
  return played;
}

/** The same study without valuation. */
export async function trainStudy(members: readonly GamingMember[], plan: GamingPlan): Promise<PlayedRound[]> {
  const played: PlayedRound[] = [];
  let base = initialVector(NETWORK, createSeededRandom(plan.seed, 'initial'));
  for (let round = 0; round < plan.rounds; round++) {
    const updates = sendAll(members, plan, { base, round, earlier: played });
    played.push({ base, updates, scores: [] });
    base = await mixAll(mixOf(members, base, updates));
  }
  return played;
}

function sendAll(
  members: readonly GamingMember[],
  { seed }: GamingPlan,
  { base, round, earlier }: Pick<SendView, 'base' | 'round' | 'earlier'>,
): Float32Array[] {
  const sent: Float32Array[] = [];
  for (const [i, { training, send }] of members.entries()) {
    const random = createSeededRandom(`${seed}/${i}/${round}`, 'train');
    const steps = Math.ceil(training.labels.length / LOCAL.batch);
    const trained = trainLocally(NETWORK, base, training, { training: { ...LOCAL, steps }, random });
    sent.push(send?.({ round, base, trained, sent: [...sent], earlier, random }) ?? trained);
  }
  return sent;
}

function mixOf(members: readonly GamingMember[], base: Float32Array, updates: readonly Float32Array[]): MixInput {
  const entries = updates.map((_, i): RecipeEntry => ({ member: `0x${i}`, round: 0, update: `0x${i}` }));
  return {
    manifest: TERMS,
    round: 0,
    plan: { entries, sources: [entries.map((_, i) => i)], own: 0 },
    samples: members.map(({ samples }) => samples),
    baseOf: async () => base,
    segmentOf: async (entry) => updates[entry] as Float32Array,
  };
}

async function mixAll(mix: MixInput): Promise<Float32Array> {
  const parts: Float32Array[] = [];
  await computeMix(mix, async (part) => void parts.push(part));
  return joinSegments(parts);
}

async function valueMix(mix: MixInput, heldOut: Samples, random: SeededRandom): Promise<number[]> {
  const loss = async (coalition: readonly number[]): Promise<number> =>
    lossOf(NETWORK, joinSegments(await mixCoalition(mix, coalition)), heldOut);
  const before = await loss([]);
  const { utility } = rememberUtility(async (coalition) => before - (await loss(coalition)));
  const players = mix.plan.entries.length;
  const { values } = await permutationShapley(players, utility, SAMPLING, random);
  return toMicros(values, await utility(everybody(players))).micros;
}
