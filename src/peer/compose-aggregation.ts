import type { AggregationTerms } from '../protocol/aggregation-terms.ts';

/** All attackers that a study allows for together never weigh more than this share of a mix, whatever sample counts they state. */
const ATTACKERS_SHARE = 0.3;
/** The largest share of one contribution where no attacker is allowed for. */
const LARGEST_SHARE = 0.5;

/** Of fewer, not even one attacker is a minority that the others could outvote. */
const FEWEST_TO_SCREEN = 5;

/** Among fewer, leaving somebody out by sight costs the honest more than the study should: one is a large part of what there is to learn. */
const FEWEST_TO_SUSPECT = 8;

/**
 * A bound for a contribution that ran away, and no more: a member with much to say easily moves thirty times as far as one whose few
 * records are learned, and a rule that withstands no attacker must not cost it its say.
 */
const RUNAWAY = 100;

/** Who is far or turned away is suspected; it takes much approval to be trusted all the same. */
const BY_SIGHT = { farFactor: 1.4, opposition: 0.3, lowestStanding: -0.15, leastApproval: 0.5 };
/**
 * Nobody is suspected for how a contribution lies: members go by what it does to the others' records alone. Few judges with few records are
 * easily wrong about an honest member, so that it takes more to be left out.
 */
const BY_JUDGEMENT = { farFactor: 1000, opposition: 1, lowestStanding: -0.5, leastApproval: 0.3 };

/** The screened mean, which withstands a quarter of attackers; among four members or fewer the clipped mean, which withstands none (docs/decisions/0029). */
export function recommendedRule(members: number): AggregationTerms['rule'] {
  return members < FEWEST_TO_SCREEN ? 'clipped-mean' : 'screened-mean';
}

/**
 * A rule with the parameters that we recommend: of n members a quarter may be attackers, none of fewer than five, and no more than are a
 * minority of every mix. So many are withstood wherever the seeded choice puts them.
 * @param pulls R of the study
 */
export function composeAggregation(rule: AggregationTerms['rule'], members: number, pulls: number): AggregationTerms {
  if (rule === 'clipped-mean') return { rule, clipFactor: RUNAWAY, weightShareCap: LARGEST_SHARE };
  const attackers = Math.min(Math.floor((members - 1) / 4), Math.floor(Math.min(pulls, members - 1) / 2));
  const weightShareCap = attackers === 0 ? LARGEST_SHARE : Math.min(LARGEST_SHARE, ATTACKERS_SHARE / attackers);
  const guarded = { weightShareCap, attackers, attackersPerMix: attackers, acceptsRisk: false };
  switch (rule) {
    case 'krum':
      return { rule, ...guarded, selected: Math.max(1, pulls + 1 - 2 * attackers) };
    case 'geometric-median':
      return { rule, ...guarded, steps: 8 };
    case 'self-centred-clipping':
      return { rule, ...guarded, radius: 0.2 };
    case 'clipped-summation':
      return { rule, ...guarded, gate: { share: 0.3, narrowing: 1 } };
    case 'screened-mean':
      return {
        rule,
        ...guarded,
        ...(members < FEWEST_TO_SUSPECT ? BY_JUDGEMENT : BY_SIGHT),
        clipFactor: 1,
        trustedClipFactor: 8,
        memory: 0.9,
      };
    case 'median':
    case 'trimmed-mean':
    case 'nearest-neighbours':
    case 'nearest-neighbour-mixing':
      return { rule, ...guarded };
  }
}
