import { toMicros } from '../../../src/valuation/fixed-point.ts';
import { medianMicros } from '../../../src/valuation/study-score.ts';
import { type CreditedMix, traceCredit } from '../../../src/valuation/trace-credit.ts';
import { meanOf } from './compare.ts';
import type { Federation } from './federation.ts';
import { type Credit, type LocalGame, localGame } from './local-game.ts';
import type { MixingMatrix, PlayedStudy } from './study-run.ts';

/** What one evaluator says of one round, in millionths, and how often it asked for a model's loss or gradient. */
export interface LocalScores {
  readonly values: readonly number[];
  readonly evaluations: number;
}

export type LocalMethod = (game: LocalGame, federation: Federation) => Promise<LocalScores>;

/** All reports of a study. */
export interface Reports {
  readonly reports: readonly { evaluator: number; round: number; scores: readonly (number | null)[] }[];
  readonly evaluations: number;
}

/** What a study's members are worth, by model where that is known. */
export interface StudyWorth {
  readonly models: readonly (readonly number[] | null)[];
  readonly network: readonly (number | null)[];
}

/** Every member with a held-out part values every mix of its own. */
export async function reportScores(
  federation: Federation,
  study: PlayedStudy,
  { credit, method }: { credit: Credit; method: LocalMethod },
): Promise<Reports> {
  const reports: Reports['reports'][number][] = [];
  let evaluations = 0;
  for (const [round, played] of study.rounds.entries()) {
    for (const [evaluator, { heldOut }] of federation.members.entries()) {
      if (heldOut === null) continue;
      const game = await localGame(federation, {
        name: `${round}/${evaluator}`,
        round: played,
        evaluator,
        heldOut,
        credit,
      });
      const local = await method(game, federation);
      evaluations += local.evaluations;
      const { micros } = toMicros(
        local.values,
        local.values.reduce((sum, value) => sum + value, 0),
      );
      const scores = federation.members.map((_, k) => micros[game.players.indexOf(k)] ?? null);
      reports.push({ evaluator, round, scores });
    }
  }
  return { reports, evaluations };
}

/** Credit traced through the mixes, as the audit of a study does it. */
export function traced(study: PlayedStudy, { reports }: Reports): StudyWorth {
  const members = study.finals.length;
  const mixes = study.rounds.flatMap(({ matrix }, round) =>
    study.finals.map((_, member) => mixOf(matrix, member, round)),
  );
  return traceCredit({ members, rounds: study.rounds.length, mixes, adoptions: [], reports, minimumReports: 1 });
}

function mixOf(matrix: MixingMatrix, member: number, round: number): CreditedMix {
  const share = (k: number): number => meanOf(matrix.map((rows) => rows[member]?.[k] ?? 0));
  const sources =
    matrix[0]?.[member]?.map((_, k) => ({ member: k, round, share: share(k), isDifference: false })) ?? [];
  return { member, round, sources: sources.filter((source) => source.share > 0) };
}

/** Sums over the rounds: for each model of what its own member reported, for the network of the medians of what the others did. */
export function untraced(study: PlayedStudy, { reports }: Reports): StudyWorth {
  const positions = [...study.finals.keys()];
  const sums = positions.map((model) => {
    const own = reports.filter(({ evaluator }) => evaluator === model);
    return own.length === 0 ? null : positions.map((k) => own.reduce((sum, { scores }) => sum + (scores[k] ?? 0), 0));
  });
  const byRound = [...Map.groupBy(reports, ({ round }) => round).values()];
  const network = positions.map((k) =>
    byRound.reduce((sum, told) => {
      const others = told.flatMap(({ evaluator, scores }) => (evaluator === k ? [] : (scores[k] ?? [])));
      return sum + (others.length === 0 ? 0 : medianMicros(others));
    }, 0),
  );
  return { models: sums, network };
}
