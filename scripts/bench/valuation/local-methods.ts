import { createSeededRandom } from '../../../src/base/seeded-random.ts';
import { composeValuation } from '../../../src/peer/compose-valuation.ts';
import type { ValuationTerms } from '../../../src/protocol/valuation-terms.ts';
import { rememberUtility } from '../../../src/valuation/utility.ts';
import { valuePlayers } from '../../../src/valuation/value-players.ts';
import { lossGradient } from '../perceptron.ts';
import type { Credit } from './local-game.ts';
import { type LocalMethod, type Reports, type StudyWorth, traced, untraced } from './score-study.ts';
import type { PlayedStudy } from './study-run.ts';

/** A row of the table: how evaluators score, what for, and what becomes of their scores. */
export interface BenchMethod {
  readonly name: string;
  readonly credit: Credit;
  readonly method: LocalMethod;
  readonly sum: (study: PlayedStudy, reports: Reports) => StudyWorth;
}

/** A method as peers score with it. */
const scoring =
  (terms: ValuationTerms): LocalMethod =>
  async (local, { network }) => {
    const { utility, evaluations } = rememberUtility((coalition) =>
      coalition.length === 0 ? 0 : local.utility(coalition),
    );
    let gradients = 0;
    const game = {
      players: local.players.length,
      utility,
      shares: local.shares,
      changeOf: async (player: number) => local.changes[player] as Float32Array,
      gradient: async () => {
        gradients++;
        return lossGradient(network, local.from, local.heldOut);
      },
    };
    const random = createSeededRandom(local.name, terms.method);
    const { values } = await valuePlayers(terms, game, random);
    return { values, evaluations: evaluations() + gradients };
  };

const shapley = scoring(composeValuation('shapley'));
const firstOrder = scoring(composeValuation('first-order'));
const banzhaf: ValuationTerms = { method: 'banzhaf', credit: 'training', exactPlayers: 8, coalitionPairs: 16 };

/** Methods of trainings, traced: as peers are told to score and the audit reads it. */
const TRACED: readonly (readonly [name: string, method: LocalMethod])[] = [
  ['Shapley', shapley],
  ['GTG-Shapley', scoring(composeValuation('gtg-shapley'))],
  ['permutation Shapley', scoring(composeValuation('permutation-shapley'))],
  ['Banzhaf', scoring(banzhaf)],
  ['Banzhaf of 16 pairs', scoring({ ...banzhaf, exactPlayers: 1 })],
  ['leave-one-out', scoring(composeValuation('leave-one-out'))],
  ['first-order', firstOrder],
  ['update cosine', scoring(composeValuation('update-cosine'))],
];

export const METHODS: readonly BenchMethod[] = [
  { name: 'Shapley of models', credit: 'model', method: shapley, sum: untraced },
  { name: 'Shapley of models, traced', credit: 'model', method: shapley, sum: traced },
  { name: 'Shapley of equal weights, traced', credit: 'equal-training', method: shapley, sum: traced },
  { name: 'first-order of models', credit: 'model', method: firstOrder, sum: untraced },
  { name: 'first-order', credit: 'training', method: firstOrder, sum: untraced },
  ...TRACED.map(
    ([name, method]): BenchMethod => ({ name: `${name}, traced`, credit: 'training', method, sum: traced }),
  ),
];
