/** Stands wherever ranks are shown beside scores. */
export const WHY_RANKS_DIFFER =
  'Ranks can stand in another order than scores: two members are compared by what all others said of both, without what either of the two said, so that no report moves its author’s rank.';
