import { describe, expect, test } from 'vitest';
import { readValuation } from '../../src/cli/read-valuation.ts';
import { composeValuation } from '../../src/peer/compose-valuation.ts';
import { VALUATION_METHODS, valuationTermsSchema } from '../../src/protocol/valuation-terms.ts';

describe('terms of valuation', () => {
  test.each(VALUATION_METHODS)('%s can be named, and is composed with terms that a manifest takes', (method) => {
    const terms = composeValuation(readValuation({ valuation: method }));
    expect(valuationTermsSchema.parse(terms)).toEqual(terms);
    expect(terms.method).toBe(method);
    // None is ignored: a term of another method is refused.
    const foreign = method === 'gtg-shapley' ? { coalitionPairs: 8 } : { rotations: 8 };
    expect(valuationTermsSchema.safeParse({ ...terms, ...foreign }).success).toBe(false);
  });

  test('of no known method are refused', () => {
    expect(valuationTermsSchema.safeParse({ method: 'beta-shapley', credit: 'training' }).success).toBe(false);
    expect(() => readValuation({ valuation: 'beta-shapley' })).toThrow(
      expect.objectContaining({ code: 'cli/usage' }) as Error,
    );
  });
});
