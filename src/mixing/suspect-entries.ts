import type { Mixture } from '../model/aggregation/mixture.ts';
import { type SegmentSurvey, surveySegment, suspicionsOf } from '../model/aggregation/screening.ts';
import type { AggregationTerms } from '../protocol/aggregation-terms.ts';
import type { RecipeEntry, Standing } from '../protocol/recipe.ts';
import { judgingTerms, weighSuspicions } from './standings.ts';

/** Whose contributions, in which segments, and how their makers stand. */
export interface SuspectQuestion {
  /** The entries that each segment is mixed of. */
  readonly sources: readonly (readonly number[])[];
  readonly entries: readonly RecipeEntry[];
  /** Index of the mixer's own entry. */
  readonly own: number;
  readonly standings: readonly Standing[];
}

/**
 * A first look at all segments, for a rule that judges contributions by the whole of them: one segment and its sources are in memory at a
 * time, and some numbers a source are kept.
 * @returns how suspect each entry is, weighed by how its maker stands; all 0 under a rule that judges each segment by itself
 */
export async function suspectEntries(
  aggregation: AggregationTerms,
  { sources, entries, own, standings }: SuspectQuestion,
  mixtureOf: (segment: number, sources: readonly number[]) => Promise<Mixture>,
): Promise<number[]> {
  if (aggregation.rule !== 'screened-mean') return entries.map(() => 0);
  const surveys: { sources: readonly number[]; survey: SegmentSurvey }[] = [];
  for (const [segment, present] of sources.entries()) {
    if (present.length === 0) continue;
    surveys.push({
      sources: present,
      survey: surveySegment(await mixtureOf(segment, present), aggregation.attackersPerMix),
    });
  }
  const suspicions = suspicionsOf(surveys, entries.length, aggregation);
  const judging = judgingTerms(aggregation);
  if (judging === null) return suspicions;
  const weighed = weighSuspicions(suspicions, entries, standings, judging);
  return weighed.map((suspicion, entry) => (entry === own ? 0 : suspicion));
}
