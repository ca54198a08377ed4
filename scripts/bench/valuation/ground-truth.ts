import { exactShapley } from '../../../src/valuation/shapley.ts';
import { lossOf } from '../perceptron.ts';
import { meanRow } from './compare.ts';
import type { Federation } from './federation.ts';
import { initialOf, type PlayedStudy, retrain } from './study-run.ts';

/** What each member's training was worth, in nats by which the loss on the common test part fell. */
export interface Truth {
  /** For each member's final model the worth of each member. */
  readonly models: readonly (readonly number[])[];
  /** Their mean. */
  readonly network: readonly number[];
  readonly retrainings: number;
}

/** Exact Shapley values of retraining the study with every coalition of the members that have data; the others are worth nothing. */
export async function groundTruth(federation: Federation, study: PlayedStudy, signal: AbortSignal): Promise<Truth> {
  const { network, members, test } = federation;
  const before = lossOf(network, initialOf(federation), test);
  const players = members.flatMap(({ training }, i) => (training === null ? [] : [i]));
  const worths = new Map<string, number[]>();
  const worthOf = (coalition: readonly number[]): number[] => {
    signal.throwIfAborted();
    const known = worths.get(coalition.join());
    if (known !== undefined) return known;
    const trained = coalition.flatMap((player) => players[player] ?? []);
    const worth = retrain(federation, study, trained).map((model) => before - lossOf(network, model, test));
    worths.set(coalition.join(), worth);
    return worth;
  };
  const models: number[][] = [];
  for (const model of members.keys()) {
    const values = await exactShapley(players.length, (coalition) => worthOf(coalition)[model] ?? 0);
    models.push(members.map((_, i) => values[players.indexOf(i)] ?? 0));
  }
  return { models, network: meanRow(models), retrainings: worths.size };
}
