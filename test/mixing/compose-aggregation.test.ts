import { expect, test } from 'vitest';
import { assertSafeAggregation } from '../../src/mixing/assert-safe-aggregation.ts';
import { composeAggregation, recommendedRule } from '../../src/peer/compose-aggregation.ts';
import { AGGREGATION_RULES, aggregationSchema } from '../../src/protocol/aggregation-terms.ts';

test('recommended parameters are valid and safe for every rule, from two members to sixty-four', () => {
  for (const rule of AGGREGATION_RULES) {
    for (let members = 2; members <= 64; members++) {
      for (const pulls of new Set([1, Math.min(4, members - 1), members - 1])) {
        const aggregation = composeAggregation(rule, members, pulls);
        expect(aggregationSchema.parse(aggregation)).toEqual(aggregation);
        const study = { rounds: 100, segments: 8, pulls, finalPulls: members - 1 };
        assertSafeAggregation({ aggregation, ...study, minimumMembers: members, maximumMembers: members });
        if ('attackers' in aggregation)
          expect(aggregation.attackers * aggregation.weightShareCap).toBeLessThanOrEqual(0.4 + 1e-9);
      }
    }
  }
});

test('from five members on the recommended rule allows for attackers, a quarter of them', () => {
  expect([2, 3, 4].map(recommendedRule)).toEqual(['clipped-mean', 'clipped-mean', 'clipped-mean']);
  for (const members of [5, 8, 10, 16, 64]) {
    const rule = recommendedRule(members);
    expect(composeAggregation(rule, members, members - 1)).toMatchObject({
      rule: 'screened-mean',
      attackers: Math.floor((members - 1) / 4),
    });
  }
});
