import { SMALLEST_GROUP } from '../protocol/site-figures.ts';

/**
 * Which groups of a whole may be told of. Groups below {@link SMALLEST_GROUP} records are not. Where those that are not told hold some
 * records, but together fewer than that, they would follow from the whole by subtraction: then the smallest group that could be told is
 * not told either, the first of equal ones.
 * @param counts records of groups that together are the whole
 */
export function tellableGroups(counts: readonly number[]): boolean[] {
  const told = counts.map((count) => count >= SMALLEST_GROUP);
  const hidden = counts.reduce((sum, count, i) => sum + (told[i] === true ? 0 : count), 0);
  if (hidden === 0 || hidden >= SMALLEST_GROUP) return told;
  const smallest = Math.min(...counts.filter((_, i) => told[i]));
  const given = counts.findIndex((count, i) => told[i] === true && count === smallest);
  return told.map((is, i) => is && i !== given);
}
