/** The pages that are bundled: what a peer serves to its member, and what `audit serve` serves to an auditor. */
export const PAGE_NAMES = ['member', 'auditor'] as const;

export type PageName = (typeof PAGE_NAMES)[number];
