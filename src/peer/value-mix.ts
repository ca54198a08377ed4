import { randomBytes } from 'node:crypto';
import { type Hex, toHex } from '../base/bytes.ts';
import { createSeededRandom } from '../base/seeded-random.ts';
import { equalMix } from '../mixing/equal-mix.ts';
import type { Manifest } from '../protocol/manifest.ts';
import { packScores, type Valuation } from '../protocol/valuation.ts';
import { sumsToUtility } from '../protocol/valuation-terms.ts';
import { nearestMicros, toMicros } from '../valuation/fixed-point.ts';
import { everybody } from '../valuation/utility.ts';
import { valuePlayers } from '../valuation/value-players.ts';
import { type GameInput, playMix, WORST_LOSS_NATS } from './mix-game.ts';

export interface ValueMixInput extends GameInput {
  readonly manifest: Pick<Manifest, 'valuation'>;
  readonly study: Hex;
  readonly evaluator: Hex;
  /** Everybody who joined the study, in order of position. */
  readonly positions: readonly (readonly Hex[])[];
}

/** A round's scores, and what is known of them, in millionths of a nat. */
export interface MixValue {
  readonly valuation: Valuation;
  /** Utility of the whole mix; null for a method that evaluates nothing. */
  readonly utilityMicros: number | null;
  /** The largest standard error of the scores, rounded up; null for a method that draws nothing. */
  readonly scoreErrorMicros: number | null;
  /** Losses and gradients on the held-out part. */
  readonly evaluations: number;
}

/**
 * Scores the contributions in a mix by the study's method. Shapley values of any kind sum to the utility of the whole mix, to the last unit; the other
 * methods' scores do not.
 */
export async function valueMix(input: ValueMixInput): Promise<MixValue> {
  const { study, evaluator, mix, manifest } = input;
  const terms = manifest.valuation;
  const { entries, game, evaluations } = playMix(await creditedGame(input));
  const random = createSeededRandom(`${study}/${evaluator}/${mix.round}`, terms.method);
  const { values, standardError } = await valuePlayers(terms, game, random);
  const utility = terms.method === 'update-cosine' ? null : await game.utility(everybody(game.players));
  const bounded = values.map((value) => Math.max(-WORST_LOSS_NATS, Math.min(WORST_LOSS_NATS, value)));
  const micros = sumsToUtility(terms) ? toMicros(values, utility ?? 0).micros : bounded.map(nearestMicros);
  return {
    valuation: toValuation(input, entries, micros),
    utilityMicros: utility === null ? null : nearestMicros(utility),
    scoreErrorMicros: standardError === null ? null : Math.ceil(standardError * 1e6),
    evaluations: evaluations(),
  };
}

async function creditedGame(input: ValueMixInput): Promise<GameInput> {
  const { trainings } = input;
  if (trainings === null || input.manifest.valuation.credit !== 'equal-training') return input;
  const equal = await equalMix(trainings);
  return { ...input, trainings: equal, steps: equal.steps };
}

function toValuation(input: ValueMixInput, entries: readonly number[], micros: readonly number[]): Valuation {
  const { mix, positions } = input;
  const scores = positions.map((): number | null => null);
  for (const [i, entry] of entries.entries()) {
    const position = positions.findIndex((accounts) => accounts.includes(mix.plan.entries[entry]?.member ?? '0x'));
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
