import { z } from 'zod';

/**
 * What a contribution is compared with. `training`: its member handing on what it trained from, which evaluators fetch where it is not their own
 * base; credit can be traced through the mixes. `equal-training`: the same where all trainings weigh alike and changes have at most the median length, so that
 * neither stated samples nor longer training count. `model`: its not being there; nothing more is fetched, and relays have credit too.
 */
const credit = z.enum(['equal-training', 'training', 'model']);
/** Up to this many contributions in a mix the values are exact: 2^contributions evaluations. */
const exactPlayers = z.int().min(1).max(12);
/** The most seeded orders of joining. */
const permutations = z.int().min(2).max(100_000);
/** An order is followed until its utility is this near to everybody's, in shares of everybody's; 0: to its end. */
const truncation = z.number().min(0).max(1);
/** No more is drawn once no score has a larger standard error than this; 0: never. */
const standardErrorNats = z.number().min(0).max(1000);

/** How evaluators score the contributions that they mixed; each method has the terms that it needs, and no others. */
export const valuationTermsSchema = z.discriminatedUnion('method', [
  /** −gradient of the held-out loss · change, by share. One gradient. */
  z.strictObject({ method: z.literal('first-order'), credit }),
  /** Exact Shapley values; of more contributions than `exactPlayers` the mean over `permutations` orders. */
  z.strictObject({ method: z.literal('shapley'), credit, exactPlayers, permutations }),
  z.strictObject({
    method: z.literal('gtg-shapley'),
    credit,
    /** The most rotations: in each, every contribution leads one order. */
    rotations: z.int().min(2).max(10_000),
    truncation,
    /** A round whose utility is below this, without sign, is shared equally. */
    roundTruncationNats: z.number().min(0).max(1000),
    standardErrorNats,
  }),
  z.strictObject({ method: z.literal('permutation-shapley'), credit, permutations, truncation, standardErrorNats }),
  z.strictObject({
    method: z.literal('banzhaf'),
    credit,
    exactPlayers,
    /** Of more contributions: pairs of a coalition and its complement that are drawn. */
    coalitionPairs: z.int().min(2).max(50_000),
  }),
  /** What is lost without one contribution. */
  z.strictObject({ method: z.literal('leave-one-out'), credit }),
  /** Cosine of a change to the whole change, by share. No evaluation; scores have no unit. */
  z.strictObject({ method: z.literal('update-cosine'), credit }),
]);

export type ValuationTerms = z.infer<typeof valuationTermsSchema>;
export type ValuationMethod = ValuationTerms['method'];

export const VALUATION_METHODS: readonly ValuationMethod[] = valuationTermsSchema.options.map(
  ({ shape }) => shape.method.value,
);

/** True where an evaluator's scores of a round sum to the utility of its mix, to the last unit. */
export function sumsToUtility({ method }: Pick<ValuationTerms, 'method'>): boolean {
  return method === 'shapley' || method === 'gtg-shapley' || method === 'permutation-shapley';
}
