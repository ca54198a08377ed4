import { z } from 'zod';

/** k: nothing is told of fewer records than this. */
export const SMALLEST_GROUP = 10;

const share = z.number().min(0).max(1);
const brier = z.number().min(0).max(2);
const groupSamples = z.int().min(SMALLEST_GROUP);

/** For which groups a study's members tell figures of their own; each one is information that leaves the site. */
export const subgroupTermsSchema = z
  .strictObject({
    sex: z.boolean(),
    /** Ages in years at which bands begin, ascending: 40 and 65 make three bands; none: no figures by age. */
    ageBounds: z.array(z.int().min(1).max(119)).max(10),
  })
  .refine(({ ageBounds }) => ageBounds.every((bound, i) => i === 0 || bound > (ageBounds[i - 1] ?? 0)), {
    error: 'ageBounds must ascend',
  })
  .refine(({ sex, ageBounds }) => sex || ageBounds.length > 0, { error: 'there is no group; leave subgroups out' });

export type SubgroupTerms = z.infer<typeof subgroupTermsSchema>;

/** Stated probabilities against what happened; null for a bin with too few records to be told, or with none. */
const calibrationSchema = z.strictObject({
  /** Expected calibration error over all bins. */
  error: share,
  brier,
  bins: z.array(z.strictObject({ samples: groupSamples, predicted: share, observed: share }).nullable()).length(10),
});

const subgroupSchema = z.strictObject({
  by: z.enum(['sex', 'age']),
  /** A sex, a band as `40-64` or `65+`, or `unknown`. */
  group: z.string().regex(/^(female|male|other|unknown|\d{1,3}-\d{1,3}|\d{1,3}\+)$/),
  /** Null for a group with too few records to be told, or with none. */
  figures: z
    .strictObject({
      samples: groupSamples,
      accuracy: share,
      /** Null where a class has too few records in the group. */
      auc: share.nullable(),
      calibrationError: share,
      brier,
    })
    .nullable(),
});
export type Subgroup = z.infer<typeof subgroupSchema>;

/** What the first version of metrics tells of an evaluation. */
export const plainFiguresSchema = z.strictObject({
  samples: z.int().min(1),
  /** Mean cross-entropy in nats. */
  loss: z.number(),
  /** Share of samples classified rightly; null for a model of survival. */
  accuracy: share.nullable(),
  /** Area under the ROC curve, or the concordance index of a model of survival; null where a class is missing. */
  auc: share.nullable(),
});

export const siteFiguresSchema = plainFiguresSchema.extend({
  /** Null for a model of survival. */
  calibration: calibrationSchema.nullable(),
  /** Null where the study asks for none, the data say nothing of sex and age, or the model is one of survival. */
  subgroups: z.array(subgroupSchema).max(16).nullable(),
});
export type SiteFigures = z.infer<typeof siteFiguresSchema>;

/** The groups of a study in the order in which metrics list them. */
export function groupsOf({ sex, ageBounds }: SubgroupTerms): Pick<Subgroup, 'by' | 'group'>[] {
  const sexes = sex ? ['female', 'male', 'other', 'unknown'] : [];
  const starts = ageBounds.length === 0 ? [] : [0, ...ageBounds];
  const bands = starts.map((start, band) => {
    const next = starts[band + 1];
    return next === undefined ? `${start}+` : `${start}-${next - 1}`;
  });
  return [
    ...sexes.map((group) => ({ by: 'sex' as const, group })),
    ...(bands.length === 0 ? [] : [...bands, 'unknown']).map((group) => ({ by: 'age' as const, group })),
  ];
}
