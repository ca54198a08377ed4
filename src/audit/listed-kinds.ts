/** Kinds of what a study's log holds; closing records are contributions there. */
export const LISTED_KINDS = [
  'opened',
  'joined',
  'contribution',
  'closing',
  'valuation',
  'withdrawn',
  'excluded',
  'equivocated',
  'checkpointed',
  'closed',
] as const;
export type ListedKind = (typeof LISTED_KINDS)[number];
