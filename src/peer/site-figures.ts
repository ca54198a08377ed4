import { type DemographicColumns, SEXES, UNKNOWN } from '../data/prepared-demographics.ts';
import { calibrationOf } from '../model/calibration.ts';
import { countCorrect } from '../model/count-correct.ts';
import type { Evaluation } from '../model/engine.ts';
import type { Examples } from '../model/examples.ts';
import { classifierAuc } from '../model/roc-auc.ts';
import {
  groupsOf,
  type SiteFigures,
  SMALLEST_GROUP,
  type Subgroup,
  type SubgroupTerms,
} from '../protocol/site-figures.ts';
import { tellableGroups } from './small-groups.ts';

/** Samples that models are judged with, and what is known of the persons behind them. */
export interface JudgedExamples extends Examples {
  readonly demographics?: DemographicColumns;
}

/**
 * What a site tells of an evaluation: aggregates, and none of fewer than {@link SMALLEST_GROUP} records but of the whole part.
 * @param terms the groups that the study asks for; undefined for none
 */
export function siteFigures(
  evaluation: Evaluation,
  examples: JudgedExamples,
  terms: SubgroupTerms | undefined,
): SiteFigures {
  const { samples, loss, accuracy, auc, probabilities } = evaluation;
  const plain = { samples, loss, accuracy, auc };
  if (probabilities.length === 0) return { ...plain, calibration: null, subgroups: null };
  const { error, brier, bins } = calibrationOf(probabilities, examples.labels, examples.classes);
  const told = tellableGroups(bins.map((bin) => bin.samples));
  const { demographics } = examples;
  return {
    ...plain,
    calibration: { error, brier, bins: bins.map((bin, i) => (told[i] === true ? bin : null)) },
    subgroups:
      terms === undefined || demographics === undefined
        ? null
        : subgroupsOf({ probabilities, examples }, terms, groupNumbers(demographics, terms)),
  };
}

interface Judged {
  readonly probabilities: Float32Array;
  readonly examples: JudgedExamples;
}

/** For each sample the names of its groups, as {@link groupsOf} writes them. */
function groupNumbers(
  { sexes, ages }: DemographicColumns,
  { ageBounds }: SubgroupTerms,
): Record<Subgroup['by'], string[]> {
  const starts = [0, ...ageBounds];
  const bands = groupsOf({ sex: false, ageBounds }).map(({ group }) => group);
  return {
    sex: Array.from(sexes, (sex) => SEXES[sex] ?? 'unknown'),
    age: Array.from(ages, (age) =>
      age === UNKNOWN ? 'unknown' : (bands[starts.findLastIndex((start) => start <= age)] ?? 'unknown'),
    ),
  };
}

function subgroupsOf(judged: Judged, terms: SubgroupTerms, names: Record<Subgroup['by'], string[]>): Subgroup[] {
  const members = groupsOf(terms).map(({ by, group }) => ({
    by,
    group,
    indices: names[by].flatMap((name, sample) => (name === group ? sample : [])),
  }));
  return (['sex', 'age'] as const).flatMap((by) => {
    const groups = members.filter((each) => each.by === by);
    const told = tellableGroups(groups.map(({ indices }) => indices.length));
    return groups.map(({ group, indices }, i) => ({
      by,
      group,
      figures: told[i] === true ? groupFigures(judged, indices) : null,
    }));
  });
}

function groupFigures(
  { probabilities, examples }: Judged,
  indices: readonly number[],
): NonNullable<Subgroup['figures']> {
  const { classes } = examples;
  const labels = Uint8Array.from(indices, (sample) => examples.labels[sample] ?? 0);
  const stated = new Float32Array(indices.length * classes);
  indices.forEach((sample, at) => {
    stated.set(probabilities.subarray(sample * classes, (sample + 1) * classes), at * classes);
  });
  const { error, brier } = calibrationOf(stated, labels, classes);
  const counts = Array.from({ length: classes }, (_, index) => labels.filter((label) => label === index).length);
  // That a class is missing, or nearly, would tell what the persons of a group have or have not.
  const isMixed = counts.every((count) => count >= SMALLEST_GROUP);
  return {
    samples: indices.length,
    accuracy: countCorrect(stated, labels) / indices.length,
    auc: isMixed ? classifierAuc(stated, labels, classes) : null,
    calibrationError: error,
    brier,
  };
}
