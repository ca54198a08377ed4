import { exactShapley } from '../../../src/valuation/shapley.ts';
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

const shapley: LocalMethod = async ({ players, utility }) => ({
  values: await exactShapley(players.length, utility),
  evaluations: 2 ** players.length,
});

const firstOrder: LocalMethod = async ({ changes, from, heldOut }, { network }) => {
  const gradient = lossGradient(network, from, heldOut);
  return {
    values: changes.map((change) => change.reduce((sum, by, k) => sum - by * (gradient[k] as number), 0)),
    evaluations: 1,
  };
};

export const METHODS: readonly BenchMethod[] = [
  { name: 'Shapley of models', credit: 'model', method: shapley, sum: untraced },
  { name: 'Shapley of models, traced', credit: 'model', method: shapley, sum: traced },
  { name: 'Shapley, traced', credit: 'training', method: shapley, sum: traced },
  { name: 'Shapley of equal weights, traced', credit: 'equal-training', method: shapley, sum: traced },
  { name: 'first-order of models', credit: 'model', method: firstOrder, sum: untraced },
  { name: 'first-order', credit: 'training', method: firstOrder, sum: untraced },
  { name: 'first-order, traced', credit: 'training', method: firstOrder, sum: traced },
];
