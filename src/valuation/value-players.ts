import type { SeededRandom } from '../base/seeded-random.ts';
import type { ValuationTerms } from '../protocol/valuation-terms.ts';
import { exactBanzhaf, sampledBanzhaf } from './banzhaf.ts';
import { type ChangeOf, firstOrder } from './first-order.ts';
import { gtgShapley } from './gtg-shapley.ts';
import { leaveOneOut } from './leave-one-out.ts';
import { permutationShapley } from './permutation-shapley.ts';
import type { Estimates } from './sample-mean.ts';
import { exactShapley } from './shapley.ts';
import { updateCosine } from './update-cosine.ts';
import type { Utility } from './utility.ts';

/** What there is to know of a mix; a method asks for no more than it needs. */
export interface MixGame {
  readonly players: number;
  /** Should remember what it computed. Nobody's is 0. */
  readonly utility: Utility;
  /** Gradient of the loss at the mix of nobody. */
  readonly gradient: () => Promise<Float32Array | Float64Array>;
  readonly changeOf: ChangeOf;
  /** What share of the mix each player is. */
  readonly shares: readonly number[];
}

export interface PlayerValues {
  /** One a player; nats but for `update-cosine`, which has no unit. */
  readonly values: readonly number[];
  /** The largest standard error of the values; null where nothing was drawn. */
  readonly standardError: number | null;
}

/** Values the players by the study's method. @param random what sampled methods draw from */
export async function valuePlayers(terms: ValuationTerms, game: MixGame, random: SeededRandom): Promise<PlayerValues> {
  const { players, utility, changeOf, shares } = game;
  switch (terms.method) {
    case 'first-order':
      return exactly(await firstOrder(players, await game.gradient(), changeOf));
    case 'update-cosine':
      return exactly(await updateCosine(shares, changeOf));
    case 'leave-one-out':
      return exactly(await leaveOneOut(players, utility));
    case 'shapley': {
      if (players <= terms.exactPlayers) return exactly(await exactShapley(players, utility));
      const sampling = { draws: terms.permutations, truncation: 0, standardError: 0 };
      return estimated(await permutationShapley(players, utility, sampling, random));
    }
    case 'permutation-shapley': {
      const { permutations, truncation, standardErrorNats } = terms;
      const sampling = { draws: permutations, truncation, standardError: standardErrorNats };
      return estimated(await permutationShapley(players, utility, sampling, random));
    }
    case 'gtg-shapley': {
      const { rotations, truncation, roundTruncationNats, standardErrorNats } = terms;
      const guided = {
        draws: rotations,
        truncation,
        roundTruncation: roundTruncationNats,
        standardError: standardErrorNats,
      };
      return estimated(await gtgShapley(players, utility, guided, random));
    }
    case 'banzhaf':
      if (players <= terms.exactPlayers) return exactly(await exactBanzhaf(players, utility));
      return estimated(await sampledBanzhaf(players, utility, terms.coalitionPairs, random));
  }
}

const exactly = (values: readonly number[]): PlayerValues => ({ values, standardError: null });

const estimated = ({ values, standardErrors }: Estimates): PlayerValues => ({
  values,
  standardError: Math.max(0, ...standardErrors),
});
