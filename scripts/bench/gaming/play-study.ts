import { createSeededRandom, type SeededRandom } from '../../../src/base/seeded-random.ts';
import { computeMix, type MixInput, type MixOutcome, mixCoalition } from '../../../src/mixing/compute-mix.ts';
import { equalMix } from '../../../src/mixing/equal-mix.ts';
import { mixRelayed } from '../../../src/mixing/relayed-mix.ts';
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
  /** Whether a round is an epoch of the own rows, instead of as many steps for everybody. */
  readonly isInEpochs?: boolean;
  /** How evaluators compare a contribution; by models if left out. */
  readonly credit?: 'equal-training';
}

const NETWORK = { inputs: 64, hidden: 32, classes: 10 };
const LOCAL = { batch: 32, learningRate: 0.1, momentum: 0.5 };
/** As many as an epoch of the rows of a member has. */
const LOCAL_STEPS = 4;
/** As composed manifests have it. */
const SAMPLING = { draws: 12, truncation: 0, standardError: 0 };

const TERMS: MixInput['manifest'] = {
  rounds: 1,
  staleness: { boundRounds: 0, discount: 1 },
  aggregation: { rule: 'clipped-mean', clipFactor: 3, weightShareCap: 0.5 },
};

/** Everybody trains, mixes all contributions under the default rule, and values them on its held-out part by sampled Shapley values. */
export async function playStudy(members: readonly GamingMember[], plan: GamingPlan): Promise<PlayedRound[]> {
  const played: PlayedRound[] = [];
  let base = initialVector(NETWORK, createSeededRandom(plan.seed, 'initial'));
  for (let round = 0; round < plan.rounds; round++) {
    const updates = sendAll(members, plan, { base, round, earlier: played });
    const mix = mixOf(members, base, updates);
    const outcome = await mixAll(mix);
    const mixOfCoalition = await coalitionMix(mix, outcome, plan);
    const scores: number[][] = [];
    for (const [evaluator, { heldOut }] of members.entries()) {
      const random = createSeededRandom(`${plan.seed}/${evaluator}/${round}`, 'shapley');
      scores.push(await valueMix(mixOfCoalition, { players: members.length, heldOut, random }));
    }
    played.push({ base, updates, scores });
    base = outcome.mixed;
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
    base = (await mixAll(mixOf(members, base, updates))).mixed;
  }
  return played;
}

function sendAll(
  members: readonly GamingMember[],
  { seed, isInEpochs }: GamingPlan,
  { base, round, earlier }: Pick<SendView, 'base' | 'round' | 'earlier'>,
): Float32Array[] {
  const sent: Float32Array[] = [];
  for (const [i, { training, send }] of members.entries()) {
    const random = createSeededRandom(`${seed}/${i}/${round}`, 'train');
    const steps = isInEpochs ? Math.ceil(training.labels.length / LOCAL.batch) : LOCAL_STEPS;
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

interface Mixed extends MixOutcome {
  readonly mixed: Float32Array;
}

async function mixAll(mix: MixInput): Promise<Mixed> {
  const parts: Float32Array[] = [];
  const outcome = await computeMix(mix, async (part) => void parts.push(part));
  return { ...outcome, mixed: joinSegments(parts) };
}

type CoalitionMix = (coalition: readonly number[]) => Promise<Float32Array[]>;

/** All have one base here: what a contribution was trained from is known. */
async function coalitionMix(mix: MixInput, { steps, mixed }: Mixed, { credit }: GamingPlan): Promise<CoalitionMix> {
  if (credit === undefined) return (coalition) => mixCoalition(mix, coalition);
  const all = everybody(mix.plan.entries.length);
  const base = await mix.baseOf(0);
  const changes = await Promise.all(
    all.map(async (i) => (await mix.segmentOf(i, 0)).map((value, k) => value - (base[k] as number))),
  );
  const equal = await equalMix({
    rule: mix.manifest.aggregation.rule,
    steps,
    own: mix.plan.own,
    isKnown: all.map(() => true),
    mixedOf: async () => mixed,
    changeOf: async (entry) => changes[entry] as Float32Array,
  });
  return (coalition) =>
    mixRelayed(
      equal,
      all.filter((player) => !coalition.includes(player)),
    );
}

interface Evaluator {
  readonly players: number;
  readonly heldOut: Samples;
  readonly random: SeededRandom;
}

async function valueMix(mixOf: CoalitionMix, { players, heldOut, random }: Evaluator): Promise<number[]> {
  const loss = async (coalition: readonly number[]): Promise<number> =>
    lossOf(NETWORK, joinSegments(await mixOf(coalition)), heldOut);
  const before = await loss([]);
  const { utility } = rememberUtility(async (coalition) => before - (await loss(coalition)));
  const { values } = await permutationShapley(players, utility, SAMPLING, random);
  return toMicros(values, await utility(everybody(players))).micros;
}
