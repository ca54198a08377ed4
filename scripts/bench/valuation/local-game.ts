import { equalMix } from '../../../src/mixing/equal-mix.ts';
import { mixRelayed, type RelayedMix } from '../../../src/mixing/relayed-mix.ts';
import { mixWeights } from '../../../src/model/mix.ts';
import { joinSegments } from '../../../src/protocol/segments.ts';
import { lossOf, type Samples } from '../perceptron.ts';
import { meanOf } from './compare.ts';
import type { Federation } from './federation.ts';
import { mixSegments, type PlayedRound, segmentsOf, WEIGHTS } from './study-run.ts';

/**
 * What a contribution is compared with: `model`, with its not being there, so that the evaluator mixes without it; `training`, with its member
 * handing on what it trained from; `equal-training`, the same with equal weights and changes of at most the median length.
 */
export type Credit = 'model' | 'training' | 'equal-training';

/** One evaluator's view of one round: who is in its mix, and what coalitions of them are worth on its held-out part. */
export interface LocalGame {
  /** Of round and evaluator; seeds what is drawn. */
  readonly name: string;
  /** Positions of the contributions in the mix. */
  readonly players: readonly number[];
  /** Nats by which the loss is lower with a coalition of players than with none. */
  readonly utility: (coalition: readonly number[]) => Promise<number>;
  /** What each player changes in the mix, shares applied, and the mix of nobody. */
  readonly changes: readonly Float32Array[];
  readonly from: Float32Array;
  /** What share of the mix each player is, mean over the segments. */
  readonly shares: readonly number[];
  readonly heldOut: Samples;
}

interface View {
  readonly name: string;
  readonly round: PlayedRound;
  readonly evaluator: number;
  readonly heldOut: Samples;
  readonly credit: Credit;
}

export async function localGame(federation: Federation, view: View): Promise<LocalGame> {
  const { round, evaluator, heldOut, credit } = view;
  const players = federation.members.flatMap((_, k) =>
    round.matrix.some((rows) => (rows[evaluator]?.[k] ?? 0) > 0) ? [k] : [],
  );
  const mixOf = credit === 'model' ? mixWithout(federation, view) : await mixTrained(view, players);
  const from = await mixOf([]);
  const before = lossOf(federation.network, from, heldOut);
  return {
    name: view.name,
    players,
    utility: async (coalition) => {
      const present = coalition.flatMap((player) => players[player] ?? []);
      return before - lossOf(federation.network, await mixOf(present), heldOut);
    },
    changes: players.map((player) =>
      joinSegments(segmentsOf(round.updates[player]).map((_, s) => shareOfChange(view, player, s))),
    ),
    from,
    shares: players.map((player) => meanOf(round.matrix.map((rows) => rows[evaluator]?.[player] ?? 0))),
    heldOut,
  };
}

type CoalitionMix = (present: readonly number[]) => Promise<Float32Array>;

/** Who is no member of the coalition is not there, and the others weigh the more; a segment without a source keeps the base. */
function mixWithout({ members }: Federation, { round, evaluator }: View): CoalitionMix {
  const base = round.bases[evaluator] as Float32Array;
  return async (present) =>
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

/** Who is no member of the coalition hands on what it would have trained from: as peers compute it. */
async function mixTrained(view: View, players: readonly number[]): Promise<CoalitionMix> {
  const { round, evaluator, credit } = view;
  const mixed = segmentsOf(mixSegments(round.updates, round.bases[evaluator] as Float32Array, (s) => rowOf(view, s)));
  const stated: RelayedMix = {
    rule: 'clipped-mean',
    own: evaluator,
    steps: round.matrix.map((_, segment) => ({
      sources: [...players],
      weights: players.map((player) => rowOf(view, segment)[player] ?? 0),
      scales: players.map(() => 1),
    })),
    mixedOf: async (segment) => mixed[segment] as Float32Array,
    changeOf: async (player, segment) => changeOf(view, player, segment),
  };
  const isKnown = round.updates.map(() => true);
  const mix = credit === 'equal-training' ? await equalMix({ ...stated, isKnown }) : stated;
  return async (present) =>
    joinSegments(
      await mixRelayed(
        mix,
        players.filter((player) => !present.includes(player)),
      ),
    );
}

const rowOf = ({ round, evaluator }: View, segment: number): readonly number[] =>
  round.matrix[segment]?.[evaluator] ?? [];

function changeOf({ round, evaluator, credit }: View, player: number, segment: number): Float32Array {
  const update = segmentsOf(round.updates[player])[segment] as Float32Array;
  const before = segmentsOf(round.bases[credit === 'model' ? evaluator : player])[segment] as Float32Array;
  return update.map((value, k) => value - (before[k] as number));
}

function shareOfChange(view: View, player: number, segment: number): Float32Array {
  const share = rowOf(view, segment)[player] ?? 0;
  return changeOf(view, player, segment).map((value) => share * value);
}
