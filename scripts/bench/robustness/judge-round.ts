import type { Hex } from '../../../src/base/bytes.ts';
import { scoresOf, surveyGains } from '../../../src/mixing/judge-entries.ts';
import { hearJudgements, type JudgingTerms, judgementOf } from '../../../src/mixing/standings.ts';
import type { Standing } from '../../../src/protocol/recipe.ts';
import { cutsOf, meanOfNumbers } from './vectors.ts';

/** A member as far as judging goes. */
export interface Judge {
  readonly isAttacker: boolean;
}

/** What the members judge a round by. */
export interface JudgedRound {
  readonly bases: readonly Float32Array[];
  /** Each member's gradient at its mix of the loss on its held-out records. */
  readonly slopes: readonly Float32Array[];
  readonly segments: number;
  sourcesFor(member: number): readonly Float32Array[];
}

const MOST = 1_000;
/** The name under which a member stands. */
export const nameOf = (member: number): Hex => `0x${member}`;

/** The honest judge by their held-out records; attackers praise each other and slander all others. */
export function hearAll(
  judges: readonly Judge[],
  before: readonly Standing[],
  terms: Pick<JudgingTerms, 'attackers' | 'memory'>,
  round: JudgedRound,
): readonly Standing[] {
  const entries = judges.map((_, i) => ({ member: nameOf(i) }));
  const lies = judges.map((other) => (other.isAttacker ? MOST : -MOST));
  const judgements = judges.map(({ isAttacker }, own) =>
    judgementOf(nameOf(own), entries, isAttacker ? lies : honestScores(round, own)),
  );
  return hearJudgements(before, judgements, terms);
}

function honestScores({ bases, slopes, segments, sourcesFor }: JudgedRound, own: number) {
  const sources = sourcesFor(own);
  const everybody = sources.map((_, j) => j);
  const slope = slopes[own] as Float32Array;
  const surveys = cutsOf(slope.length, segments).map((cut) => ({
    sources: everybody,
    survey: surveyGains(cut(bases[own] as Float32Array), cut(slope), sources.map(cut)),
  }));
  return scoresOf(surveys, { entries: sources, own });
}

/**
 * The score that an attacker may expect for a vector if members judged it by their gradients of the round before: the trimmed mean, with the other
 * attackers' praise.
 * @returns between −1 and 1
 */
export function expectedScore(
  judges: readonly Judge[],
  attackers: number,
  { sent, ...round }: Omit<JudgedRound, 'sourcesFor'> & { readonly sent: readonly Float32Array[] },
): number {
  const attacker = judges.findIndex(({ isAttacker }) => isAttacker);
  const scores = judges.flatMap(({ isAttacker }, own) => {
    if (own === attacker) return [];
    return isAttacker ? MOST : (honestScores({ ...round, sourcesFor: () => sent }, own)[attacker] ?? 0);
  });
  const kept = scores.toSorted((a, b) => a - b).slice(attackers, scores.length - attackers);
  return meanOfNumbers(kept) / MOST;
}
