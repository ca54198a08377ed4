import { evaluatorAgreements } from '../../../src/valuation/agreement.ts';
import { scoreEchoes } from '../../../src/valuation/score-echoes.ts';
import type { StudyRank } from '../../../src/valuation/study-ranks.ts';
import type { GamingRow } from './gaming-row.ts';
import { logOf, medianScores, naiveScores, pairwiseRanks, type Reports, ranksOf } from './score-reports.ts';

/** What an evaluator reports instead of what it measured. */
type Lie = (
  measured: readonly number[],
  view: { readonly round: number; readonly evaluator: number },
) => readonly number[];

function withLies(reports: Reports, liars: readonly number[], lie: Lie): Reports {
  return reports.map((ofRound, round) =>
    ofRound.map((measured, evaluator) => (liars.includes(evaluator) ? lie(measured, { round, evaluator }) : measured)),
  );
}

const largest = (scores: readonly number[]): number => Math.max(...scores.map(Math.abs));

/** Five times the largest score for friends, and as much below zero for all others. */
const favour =
  (friends: readonly number[]): Lie =>
  (measured) =>
    measured.map((_, member) => (friends.includes(member) ? 5 : -5) * largest(measured));

const inflate: Lie = (measured, { evaluator }) =>
  measured.map((score, member) => (member === evaluator ? 5 * largest(measured) : score));

type Scoring = (reports: Reports) => number[];

/** By how much a member's score changed, in per cent of the mean score without sign. */
function gainOf(scoring: Scoring, [before, after]: readonly [Reports, Reports], member: number): number {
  const honest = scoring(before);
  const mean = honest.reduce((sum, score) => sum + Math.abs(score), 0) / honest.length;
  return (100 * ((scoring(after)[member] ?? 0) - (honest[member] ?? 0))) / mean;
}

type Ranking = (reports: Reports) => readonly number[];

const defendedRanks: Ranking = (reports) => pairwiseRanks(reports).map(({ rank }) => rank);
const byScore =
  (scoring: Scoring): Ranking =>
  (reports) =>
    ranksOf(scoring(reports));

function ranksMoved(ranking: Ranking, [before, after]: readonly [Reports, Reports], member: number): number {
  return Math.abs((ranking(after)[member] ?? 0) - (ranking(before)[member] ?? 0));
}

type Measure<T> = (by: T, pair: readonly [Reports, Reports], member: number) => number;

/** Attacks by reports alone, on the scores that honest evaluators measured. */
export function attackReports(honest: Reports): GamingRow[] {
  const members = honest[0]?.map((_, i) => i) ?? [];
  const worst = <T>(lieOf: (liar: number) => Lie, measure: Measure<T>, by: T): number =>
    Math.max(...members.map((m) => Math.abs(measure(by, [honest, withLies(honest, [m], lieOf(m))], m))));
  const row = (attack: string, figure: string, lieOf: (liar: number) => Lie): GamingRow[] => [
    {
      attack,
      figure: `${figure}, own score`,
      defended: worst(lieOf, gainOf, medianScores),
      control: worst(lieOf, gainOf, naiveScores),
      unit: '%',
      most: 10,
    },
    {
      attack,
      figure: `${figure}, own rank`,
      defended: worst(lieOf, ranksMoved, defendedRanks),
      control: worst(lieOf, ranksMoved, byScore(naiveScores)),
      unit: 'ranks',
      most: 1,
    },
  ];
  return [
    ...row('self-inflation', 'worst of ten liars', () => inflate),
    ...row('slander', 'worst of ten liars', (liar) => favour([liar])),
    ...slanderOfOthers(honest),
    ...[2, 3, 4, 5].map((f) => collude(honest, f)),
    ...copyScores(honest),
  ];
}

/** What one liar does to everybody else's ranks, and how wide the ranges are that ranks are stated with. */
function slanderOfOthers(honest: Reports): GamingRow[] {
  const before = pairwiseRanks(honest);
  const studies = before.map((_, liar) => pairwiseRanks(withLies(honest, [liar], favour([liar]))));
  const worst = (moved: (honestly: StudyRank, now: StudyRank) => number): number =>
    Math.max(...studies.flatMap((ranks) => ranks.map((now, m) => moved(before[m] ?? now, now))));
  const widths = before.map(({ best, worst: last }) => last - best);
  const row = { attack: 'slander', control: null, unit: 'ranks', most: null } as const;
  const ownPlace = Math.max(
    ...before.map((_, liar) =>
      ranksMoved(byScore(medianScores), [honest, withLies(honest, [liar], favour([liar]))], liar),
    ),
  );
  return [
    { ...row, figure: 'worst of ten liars, own place by score', defended: ownPlace },
    { ...row, figure: 'worst of ten liars, rank of another', defended: worst((a, b) => Math.abs(b.rank - a.rank)) },
    {
      ...row,
      figure: 'the same, beyond the range that was stated honestly',
      defended: worst((a, b) => Math.max(0, a.best - b.rank, b.rank - a.worst)),
      most: 0,
    },
    {
      ...row,
      figure: 'honest ranges, mean of worst less best',
      defended: widths.reduce((sum, width) => sum + width, 0) / widths.length,
    },
  ];
}

/** The last f members favour each other. */
function collude(honest: Reports, f: number): GamingRow {
  const liars = (honest[0]?.map((_, i) => i) ?? []).slice(-f);
  const pair = [honest, withLies(honest, liars, favour(liars))] as const;
  const most = (scoring: Scoring): number => Math.max(...liars.map((liar) => gainOf(scoring, pair, liar)));
  const figure = `${f} of ${honest[0]?.length} favour each other, largest gain`;
  return {
    attack: 'collusion',
    figure,
    defended: most(medianScores),
    control: most(naiveScores),
    unit: '%',
    most: null,
  };
}

/** The last member measures nothing: it says what the first one revealed before, altered by up to a tenth, or just anything. */
function copyScores(honest: Reports): GamingRow[] {
  const copier = (honest[0]?.length ?? 0) - 1;
  const alter = (score: number, i: number): number => Math.round(score * (1 + 0.1 * Math.sin(7 * i)));
  const late = withLies(honest, [copier], (_, { round }) => (honest[Math.max(0, round - 1)]?.[0] ?? []).map(alter));
  const open = withLies(honest, [copier], (_, { round }) => (honest[round]?.[0] ?? []).map(alter));
  const noise = withLies(honest, [copier], (measured, { round }) =>
    measured.map((_, i) => Math.round(largest(measured) * Math.sin(7 * i * i + 3 * round))),
  );
  const agreement = (reports: Reports): number => evaluatorAgreements(logOf(reports))[copier] ?? 0;
  const unseen = (reports: Reports): number =>
    scoreEchoes(logOf(reports)).some(({ evaluator, of }) => evaluator === copier && of === 0) ? 0 : 100;
  const others = new Set(scoreEchoes(logOf(honest)).map(({ evaluator }) => evaluator)).size;
  return [
    {
      attack: 'copied scores',
      figure: 'copier of the round before, agreement; control: of open reports',
      defended: agreement(late),
      control: agreement(open),
      unit: 'τ',
      most: null,
    },
    {
      attack: 'copied scores',
      figure: 'copiers not noticed',
      defended: unseen(late),
      control: null,
      unit: '%',
      most: 0,
    },
    {
      attack: 'copied scores',
      figure: 'honest evaluators noticed',
      defended: (100 * others) / (copier + 1),
      control: null,
      unit: '%',
      most: 0,
    },
    {
      attack: 'made-up scores',
      figure: 'agreement; control: the same evaluator, honest',
      defended: agreement(noise),
      control: agreement(honest),
      unit: 'τ',
      most: 0.2,
    },
  ];
}
