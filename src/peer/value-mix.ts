import { randomBytes } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { type Hex, toHex } from '../base/bytes.ts';
import { createSeededRandom } from '../base/seeded-random.ts';
import { type MixInput, mixCoalition } from '../mixing/compute-mix.ts';
import { mixRelayed, type RelayedMix } from '../mixing/relayed-mix.ts';
import { ModelError } from '../model/model-error.ts';
import type { Manifest } from '../protocol/manifest.ts';
import { joinSegments } from '../protocol/segments.ts';
import { packScores, type Valuation } from '../protocol/valuation.ts';
import { toMicros } from '../valuation/fixed-point.ts';
import { exactShapley, sampledShapley } from '../valuation/shapley.ts';
import type { Trainings } from './obtain-trainings.ts';

export interface ValueMixInput {
  readonly manifest: Pick<Manifest, 'valuation'>;
  readonly study: Hex;
  readonly evaluator: Hex;
  readonly mix: MixInput;
  /** What the trainings behind the contributions changed; null where the study credits models. */
  readonly trainings: (RelayedMix & Pick<Trainings, 'isKnown'>) | null;
  /** Mean loss of parameters on the evaluator's held-out part, in nats. */
  readonly lossOf: (parameters: Float32Array) => number;
  readonly signal?: AbortSignal;
  /** Everybody who joined the study, in order of position. */
  readonly positions: readonly (readonly Hex[])[];
}

/** A round's scores, and the utility that they sum to, in millionths of a nat. */
export interface MixValue {
  readonly valuation: Valuation;
  readonly utilityMicros: number;
}

/**
 * Shapley values of the contributions in a mix. The utility of a coalition is by how much mixing only its contributions lowers the
 * loss on the evaluator's held-out part, or only its trainings, as the study says; the sum of the scores is the utility of the whole mix,
 * to the last unit.
 */
export async function valueMix(input: ValueMixInput): Promise<MixValue> {
  const { manifest } = input;
  const players = playersOf(input);
  const mixOf = coalitionMix(input, players);
  const lossOf = boundedLoss(input.lossOf);
  const baseLoss = lossOf(joinSegments(await mixOf([])));
  const utility = async (coalition: readonly number[]): Promise<number> => {
    if (coalition.length === 0) return 0;
    input.signal?.throwIfAborted();
    await setImmediate(); // a round's worth of evaluations must not keep the network waiting
    const entries = coalition.map((player) => players[player] ?? -1);
    return baseLoss - lossOf(joinSegments(await mixOf(entries)));
  };
  const { exactPlayers, permutations } = manifest.valuation;
  const values =
    players.length <= exactPlayers
      ? await exactShapley(players.length, utility)
      : await sampledShapley(players.length, utility, permutations, permutationSource(input));
  const total = await utility(players.map((_, i) => i));
  const { micros, totalMicros } = toMicros(values, total);
  return { valuation: toValuation(input, players, micros), utilityMicros: totalMicros };
}

/** The entries of the mix; where trainings are credited, those of which it is known what they were trained from. */
function playersOf({ mix, trainings }: ValueMixInput): number[] {
  const players = [...new Set(mix.plan.sources.flat())].toSorted((a, b) => a - b);
  return trainings === null ? players : players.filter((entry) => trainings.isKnown[entry] === true);
}

function coalitionMix(
  { mix, trainings }: ValueMixInput,
  players: readonly number[],
): (entries: readonly number[]) => Promise<Float32Array[]> {
  if (trainings === null) return (entries) => mixCoalition(mix, entries);
  return (entries) =>
    mixRelayed(
      trainings,
      players.filter((player) => !entries.includes(player)),
    );
}

/** A model that is this bad, or gives no finite loss, is as bad as any: nobody ends another's peer by a contribution that ruins a coalition. */
const WORST_LOSS_NATS = 1_000;

function boundedLoss(lossOf: ValueMixInput['lossOf']): ValueMixInput['lossOf'] {
  return (parameters) => {
    try {
      return Math.min(WORST_LOSS_NATS, lossOf(parameters));
    } catch (error) {
      if (error instanceof ModelError && error.code === 'model/diverged') return WORST_LOSS_NATS;
      throw error;
    }
  };
}

function permutationSource({ study, evaluator, mix }: ValueMixInput) {
  return createSeededRandom(`${study}/${evaluator}/${mix.round}`, 'shapley');
}

function toValuation(input: ValueMixInput, players: readonly number[], micros: readonly number[]): Valuation {
  const { mix, positions } = input;
  const scores = positions.map((): number | null => null);
  for (const [i, player] of players.entries()) {
    const position = positions.findIndex((accounts) => accounts.includes(mix.plan.entries[player]?.member ?? '0x'));
    if (position >= 0) scores[position] = micros[i] ?? 0;
  }
  return {
    study: input.study,
    round: mix.round,
    evaluator: input.evaluator,
    scores: packScores(scores),
    salt: toHex(randomBytes(32)),
  };
}
