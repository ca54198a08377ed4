import type { Mixture } from '../model/aggregation/mixture.ts';
import { type SegmentSurvey, surveySegment, suspicionsOf } from '../model/aggregation/screening.ts';
import type { AggregationTerms } from '../protocol/aggregation-terms.ts';

/**
 * A first look at all segments, for a rule that judges contributions by the whole of them: one segment and its sources are in memory at a
 * time, and some numbers a source are kept.
 * @param sources the entries that each segment is mixed of
 * @returns how suspect each entry is; all 0 under a rule that judges each segment by itself
 */
export async function suspectEntries(
  aggregation: AggregationTerms,
  { sources, entries }: { sources: readonly (readonly number[])[]; entries: number },
  mixtureOf: (segment: number, sources: readonly number[]) => Promise<Mixture>,
): Promise<number[]> {
  if (aggregation.rule !== 'screened-mean') return Array.from({ length: entries }, () => 0);
  const surveys: { sources: readonly number[]; survey: SegmentSurvey }[] = [];
  for (const [segment, present] of sources.entries()) {
    if (present.length === 0) continue;
    surveys.push({ sources: present, survey: surveySegment(await mixtureOf(segment, present)) });
  }
  return suspicionsOf(surveys, entries, aggregation);
}
