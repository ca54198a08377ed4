import type { ValuationMethod, ValuationTerms } from '../protocol/valuation-terms.ts';

/** Values are exact up to this many contributions: 256 evaluations a round. */
const EXACT_PLAYERS = 8;
/** A hundredth of a round's utility is less than what two evaluators differ by. */
const TRUNCATION = 0.01;
/** Errors of a ten-thousandth of a nat are below any difference that a round's scores tell. */
const STANDARD_ERROR_NATS = 1e-4;

/** Neither a sample count that nobody can check nor longer training is worth a larger score. */
const CREDIT = 'equal-training';

/** Terms of a method with the values that we recommend. */
const TERMS: { readonly [M in ValuationMethod]: Extract<ValuationTerms, { method: M }> } = {
  'first-order': { method: 'first-order', credit: CREDIT },
  shapley: { method: 'shapley', credit: CREDIT, exactPlayers: EXACT_PLAYERS, permutations: 12 },
  'gtg-shapley': {
    method: 'gtg-shapley',
    credit: CREDIT,
    rotations: 4,
    truncation: TRUNCATION,
    roundTruncationNats: 1e-3,
    standardErrorNats: STANDARD_ERROR_NATS,
  },
  'permutation-shapley': {
    method: 'permutation-shapley',
    credit: CREDIT,
    permutations: 32,
    truncation: TRUNCATION,
    standardErrorNats: STANDARD_ERROR_NATS,
  },
  banzhaf: { method: 'banzhaf', credit: CREDIT, exactPlayers: EXACT_PLAYERS, coalitionPairs: 64 },
  'leave-one-out': { method: 'leave-one-out', credit: CREDIT },
  'update-cosine': { method: 'update-cosine', credit: CREDIT },
};

export function composeValuation(method: ValuationMethod): ValuationTerms {
  return TERMS[method];
}
