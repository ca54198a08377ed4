import { mixWeights } from '../../../src/model/mix.ts';
import { segmentRange } from '../../../src/protocol/segments.ts';
import { lossOf, type Samples } from '../perceptron.ts';
import type { Federation } from './federation.ts';
import { mixSegments, type PlayedRound, WEIGHTS } from './study-run.ts';

/**
 * What a contribution is compared with: `model`, with its not being there, so that the evaluator mixes without it; `training`, with its member
 * handing on what it trained from.
 */
export type Credit = 'model' | 'training';

/** One evaluator's view of one round: who is in its mix, and what coalitions of them are worth on its held-out part. */
export interface LocalGame {
  /** Positions of the contributions in the mix. */
  readonly players: readonly number[];
  /** Nats by which the loss is lower with a coalition of players than with none. */
  utility(coalition: readonly number[]): number;
  /** What each player changes in the mix, weights applied, and the model against which it is changed. */
  readonly changes: readonly Float32Array[];
  readonly from: Float32Array;
  readonly heldOut: Samples;
}

interface View {
  readonly round: PlayedRound;
  readonly evaluator: number;
  readonly heldOut: Samples;
  readonly credit: Credit;
}

export function localGame(federation: Federation, view: View): LocalGame {
  const { round, evaluator, heldOut, credit } = view;
  const players = federation.members.flatMap((_, k) =>
    round.matrix.some((rows) => (rows[evaluator]?.[k] ?? 0) > 0) ? [k] : [],
  );
  const mixOf = credit === 'model' ? mixWithout(federation, view) : mixRelayed(view);
  const inMix = (coalition: readonly number[]): number[] => coalition.flatMap((player) => players[player] ?? []);
  const from = mixOf([]);
  const before = lossOf(federation.network, from, heldOut);
  return {
    players,
    utility: (coalition) => before - lossOf(federation.network, mixOf(inMix(coalition)), heldOut),
    changes: players.map((player) => changeBy(view, player)),
    from,
    heldOut,
  };
}

type CoalitionMix = (present: readonly number[]) => Float32Array;

/** Who is no member of the coalition is not there, and the others weigh the more; a segment without a source keeps the base. */
function mixWithout({ members }: Federation, { round, evaluator }: View): CoalitionMix {
  const base = round.bases[evaluator] as Float32Array;
  return (present) =>
    mixSegments(round.updates, base, (segment) => {
      const row = round.matrix[segment]?.[evaluator] ?? [];
      const sources = present.filter((k) => (row[k] ?? 0) > 0);
      const weights = mixWeights(
        sources.map((k) => ({ samples: members[k]?.samples ?? 0, staleness: 0 })),
        WEIGHTS,
      );
      return row.map((_, k) => weights[sources.indexOf(k)] ?? 0);
    });
}

/** Who is no member of the coalition hands on what it would have trained from. */
function mixRelayed({ round, evaluator }: View): CoalitionMix {
  const base = round.bases[evaluator] as Float32Array;
  return (present) => {
    const sources = round.updates.map((update, k) => (present.includes(k) ? update : (round.bases[k] as Float32Array)));
    return mixSegments(sources, base, (segment) => round.matrix[segment]?.[evaluator] ?? []);
  };
}

function changeBy({ round, evaluator, credit }: View, player: number): Float32Array {
  const update = round.updates[player] as Float32Array;
  const before = round.bases[credit === 'model' ? evaluator : player] as Float32Array;
  const change = new Float32Array(update.length);
  for (const [segment, rows] of round.matrix.entries()) {
    const weight = rows[evaluator]?.[player] ?? 0;
    const { start, end } = segmentRange(update.length, round.matrix.length, segment);
    for (let k = start; k < end; k++) change[k] = weight * ((update[k] as number) - (before[k] as number));
  }
  return change;
}
