import type { Hex } from '../base/bytes.ts';
import type { AggregationTerms } from '../protocol/aggregation-terms.ts';
import type { Judgement, Standing } from '../protocol/recipe.ts';

/** What one member said of the contributions to the round before, by member, in thousandths. */
export interface HeardJudgement {
  readonly judge: Hex;
  readonly scores: ReadonlyMap<Hex, number>;
}

/** A rule that hears judgements, with its parameters. */
export type JudgingTerms = Extract<AggregationTerms, { rule: 'screened-mean' }>;

/** The terms of a rule that goes by what members said of contributions before, or null; where no attacker is allowed for nobody is judged. */
export function judgingTerms(terms: AggregationTerms): JudgingTerms | null {
  return terms.rule === 'screened-mean' && terms.attackers > 0 ? terms : null;
}

const MICROS_PER_THOUSANDTH = 1_000;
/** As if every member had been judged this often, and neither well nor badly, before the study began. */
const HEARD_BEFORE = 4;
/** Counting goes on only as long as it changes anything. */
const MOST_HEARD = 1_000;

/**
 * How members stand after another round of judgements: a running mean, over at most 1 / (1 − memory) rounds, of the trimmed mean of what the
 * others said of them. The f highest and f lowest are left out, so that f attackers can neither praise nor slander beyond what some honest member
 * said. A member that too few others judged stays where it was. Its approval is the same running mean of the worst that anybody else said: praise
 * from all but one is none.
 * @param before ascending by account
 * @returns the same, with those that were judged for the first time
 */
export function hearJudgements(
  before: readonly Standing[],
  judgements: readonly HeardJudgement[],
  { attackers, memory }: Pick<JudgingTerms, 'attackers' | 'memory'>,
): Standing[] {
  const judged = judgements.flatMap(({ scores }) => [...scores.keys()]);
  const members = [...new Set([...before.map(({ member }) => member), ...judged])].toSorted();
  return members.flatMap((member) => {
    const known = before.find((standing) => standing.member === member);
    const said = judgements.flatMap(({ judge, scores }) => (judge === member ? [] : (scores.get(member) ?? [])));
    const kept = said.toSorted((a, b) => a - b).slice(attackers, Math.max(attackers, said.length - attackers));
    if (kept.length === 0) return known === undefined ? [] : [known];
    const { micros, approval, heard } = known ?? { micros: 0, approval: 0, heard: 0 };
    const rounds = HEARD_BEFORE + heard;
    const share = Math.min(memory, rounds / (rounds + 1));
    const after = (before: number, latest: number): number => {
      const next = Math.round(share * before + (1 - share) * latest);
      return next === 0 ? 0 : next; // no negative zero
    };
    return [
      {
        member,
        micros: after(micros, (MICROS_PER_THOUSANDTH * kept.reduce((sum, score) => sum + score, 0)) / kept.length),
        approval: after(approval, MICROS_PER_THOUSANDTH * Math.min(...said)),
        heard: Math.min(MOST_HEARD, heard + 1),
      },
    ];
  });
}

/** What a recipe says of the members whose contributions it mixed. */
export function judgementOf(
  judge: Hex,
  entries: readonly { member: Hex }[],
  scores: Judgement['scores'],
): HeardJudgement {
  const pairs = entries.map(({ member }, i) => [member, scores[i] ?? null] as const);
  return { judge, scores: new Map(pairs.flatMap(([member, score]) => (score === null ? [] : [[member, score]]))) };
}

/**
 * What the others' judgements make of the suspicions that the geometry gave: infinite for an entry whose maker stands below what the study asks for,
 * minus infinite for one whose maker everybody approves of. What few have learned lies as far from all others as an attack does; what everybody's records
 * profit from is none.
 */
export function weighSuspicions(
  suspicions: readonly number[],
  entries: readonly { member: Hex }[],
  standings: readonly Standing[],
  { lowestStanding, leastApproval }: Pick<JudgingTerms, 'lowestStanding' | 'leastApproval'>,
): number[] {
  const known = new Map(standings.map((standing) => [standing.member, standing]));
  return suspicions.map((suspicion, entry) => {
    const standing = known.get(entries[entry]?.member ?? '0x');
    if (standing === undefined) return suspicion;
    if (standing.micros < 1e6 * lowestStanding) return Number.POSITIVE_INFINITY;
    return standing.approval > 1e6 * leastApproval ? Number.NEGATIVE_INFINITY : suspicion;
  });
}
