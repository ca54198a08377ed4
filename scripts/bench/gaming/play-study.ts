import { createSeededRandom, type SeededRandom } from '../../../src/base/seeded-random.ts';
import { computeMix, type MixInput, mixCoalition } from '../../../src/mixing/compute-mix.ts';
import type { RecipeEntry } from '../../../src/protocol/recipe.ts';
import { joinSegments } from '../../../src/protocol/segments.ts';
import { toMicros } from '../../../src/valuation/fixed-point.ts';
import { exactShapley } from '../../../src/valuation/shapley.ts';
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
const BATCH = 32;

const TERMS: MixInput['manifest'] = {
  rounds: 1,
  staleness: { boundRounds: 0, discount: 1 },
  aggregation: { rule: 'clipped-mean', clipFactor: 3, weightShareCap: 0.5 },
};

/** Everybody trains an epoch, mixes all contributions under the default rule, and values them on its held-out part as peers do. */
export async function playStudy(members: readonly GamingMember[], plan: GamingPlan): Promise<PlayedRound[]> {
  const played: PlayedRound[] = [];
  let base = initialVector(NETWORK, createSeededRandom(plan.seed, 'initial'));
  for (let round = 0; round < plan.rounds; round++) {
    const updates = sendAll(members, { base, round, earlier: played, seed: plan.seed });
    const mix = mixOf(members, base, updates);
    const scores = await valueRound(mix, members);
    played.push({ base, updates, scores });
    const parts: Float32Array[] = [];
    await computeMix(mix, async (part) => void parts.push(part));
    base = joinSegments(parts);
  }
  return played;
}

interface Sending {
  readonly base: Float32Array;
  readonly round: number;
  readonly earlier: readonly PlayedRound[];
  readonly seed: string;
}

function sendAll(members: readonly GamingMember[], { base, round, earlier, seed }: Sending): Float32Array[] {
  const sent: Float32Array[] = [];
  for (const [i, { training, send }] of members.entries()) {
    const random = createSeededRandom(`${seed}/${i}/${round}`, 'train');
    const steps = Math.ceil(training.labels.length / BATCH);
    const local = { steps, batch: BATCH, learningRate: 0.1, momentum: 0.5 };
    const trained = trainLocally(NETWORK, base, training, { training: local, random });
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

/** Exact Shapley values for each evaluator; all have the same base, so that a coalition is mixed once for all of them. */
async function valueRound(mix: MixInput, members: readonly GamingMember[]): Promise<number[][]> {
  const mixes = new Map<string, Promise<Float32Array>>();
  const mixed = (coalition: readonly number[]): Promise<Float32Array> => {
    const known = mixes.get(coalition.join()) ?? mixCoalition(mix, coalition).then(joinSegments);
    mixes.set(coalition.join(), known);
    return known;
  };
  const scores: number[][] = [];
  for (const { heldOut } of members) {
    const before = lossOf(NETWORK, await mixed([]), heldOut);
    const utility = async (coalition: readonly number[]): Promise<number> =>
      before - lossOf(NETWORK, await mixed(coalition), heldOut);
    const everybody = mix.plan.entries.map((_, i) => i);
    scores.push(toMicros(await exactShapley(everybody.length, utility), await utility(everybody)).micros);
  }
  return scores;
}
