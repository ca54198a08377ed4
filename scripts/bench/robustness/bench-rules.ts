import type { BenchRule } from './simulate.ts';

/** A rule as the bench runs it. */
export interface NamedRule {
  readonly name: string;
  readonly rule: BenchRule;
  readonly weightShareCap: number;
}

/** The parameters of the default rule, as `src/peer/compose-manifest.ts` writes them. */
export const SCREENED = {
  rule: 'screened-mean',
  farFactor: 1.4,
  opposition: 0.3,
  clipFactor: 1,
  lowestStanding: -0.15,
  leastApproval: 0.3,
  trustedClipFactor: 8,
  memory: 0.9,
} as const;

/** All attackers together never weigh more than this under the default. */
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
    { name: 'screened-mean', rule: { ...SCREENED, attackers, attackersPerMix }, weightShareCap: capped },
    {
      name: 'screened, unjudged',
      rule: { ...SCREENED, lowestStanding: -1, attackers, attackersPerMix },
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
