import { evaluatorAgreements } from '../../../src/valuation/agreement.ts';
import { scoreEchoes } from '../../../src/valuation/score-echoes.ts';
import type { GamingRow } from './gaming-row.ts';
import { logOf, medianScores, naiveScores, type Reports, rankOf } from './score-reports.ts';

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

function ranksMoved(scoring: Scoring, [before, after]: readonly [Reports, Reports], member: number): number {
  return Math.abs(rankOf(scoring(after), member) - rankOf(scoring(before), member));
}

/** Attacks by reports alone, on the scores that honest evaluators measured. */
export function attackReports(honest: Reports): GamingRow[] {
  const members = honest[0]?.map((_, i) => i) ?? [];
  const worst = (lieOf: (liar: number) => Lie, measure: typeof gainOf, scoring: Scoring): number =>
    Math.max(...members.map((m) => Math.abs(measure(scoring, [honest, withLies(honest, [m], lieOf(m))], m))));
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
      defended: worst(lieOf, ranksMoved, medianScores),
      control: worst(lieOf, ranksMoved, naiveScores),
      unit: 'ranks',
      most: 1,
    },
  ];
  return [
    ...row('self-inflation', 'worst of ten liars', () => inflate),
    ...row('slander', 'worst of ten liars', (liar) => favour([liar])),
    ...[2, 3, 4, 5].map((f) => collude(honest, f)),
    ...copyScores(honest),
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
