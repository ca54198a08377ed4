import { composeAggregation } from '../../../src/peer/compose-aggregation.ts';
import type { BenchRule } from './simulate.ts';

/** A rule as the bench runs it. */
export interface NamedRule {
  readonly name: string;
  readonly rule: BenchRule;
  readonly weightShareCap: number;
}

/** The screened mean with the parameters that studies of so many members have, but for f. */
function screened(attackers: number, members: number): Extract<BenchRule, { rule: 'screened-mean' }> {
  const aggregation = composeAggregation('screened-mean', members, members - 1);
  if (aggregation.rule !== 'screened-mean')
    throw new TypeError('composeAggregation keeps the rule that it is asked for');
  return { ...aggregation, attackers, attackersPerMix: attackers };
}

/** All attackers together never weigh more than this under rules that bound shares by f. */
const ATTACKERS_SHARE = 0.3;

/** Every rule with b̂ = f. @param attackers f @param members n */
export function benchRules(attackers: number, members: number): NamedRule[] {
  const attackersPerMix = attackers;
  const capped = Math.min(0.5, ATTACKERS_SHARE / attackers);
  const kept = members - attackers;
  const gate = { share: 0.3, narrowing: 1 };
  return [
    { name: 'mean', rule: { rule: 'clipped-mean', clipFactor: 1000 }, weightShareCap: 0.5 },
    { name: 'clipped-mean', rule: { rule: 'clipped-mean', clipFactor: 3 }, weightShareCap: 0.5 },
    { name: 'screened-mean', rule: screened(attackers, members), weightShareCap: capped },
    {
      name: 'screened, unjudged',
      rule: { ...screened(attackers, members), lowestStanding: -1 },
      weightShareCap: capped,
    },
    { name: 'median', rule: { rule: 'median' }, weightShareCap: 0.5 },
    { name: 'trimmed-mean', rule: { rule: 'trimmed-mean', attackersPerMix }, weightShareCap: 0.5 },
    { name: 'krum', rule: { rule: 'krum', attackersPerMix, selected: 1 }, weightShareCap: 0.5 },
    { name: 'multi-krum', rule: { rule: 'krum', attackersPerMix, selected: kept }, weightShareCap: 0.5 },
    { name: 'geometric-median', rule: { rule: 'geometric-median', steps: 8 }, weightShareCap: capped },
    { name: 'self-centred', rule: { rule: 'self-centred-clipping', radius: 0.2 }, weightShareCap: capped },
    { name: 'nearest', rule: { rule: 'nearest-neighbours', attackersPerMix }, weightShareCap: capped },
    { name: 'CS+', rule: { rule: 'clipped-summation', attackersPerMix, gate: null }, weightShareCap: capped },
    { name: 'BALANCE, CS+', rule: { rule: 'clipped-summation', attackersPerMix, gate }, weightShareCap: capped },
    { name: 'NNM, trimmed', rule: { rule: 'nearest-neighbour-mixing', attackersPerMix }, weightShareCap: 0.5 },
  ];
}
