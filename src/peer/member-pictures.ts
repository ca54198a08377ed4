import { z } from 'zod';
import { digestSchema } from '../protocol/wire-types.ts';

const state = z.enum(['steady', 'watch', 'alert']);
export type ShownDriftState = z.infer<typeof state>;

/** Counted and compared as in `src/model/drift/measure-drift.ts`. */
const quantityDrift = z.strictObject({
  name: z.string(),
  ks: z.number(),
  pValue: z.number(),
  level: z.number(),
  psi: z.number(),
  state,
  bounds: z.array(z.number()),
  reference: z.array(z.number()),
  current: z.array(z.number()),
});

const partDrift = z.strictObject({
  /** How many quantities were compared; those that differ most are listed. */
  compared: z.int().min(0),
  quantities: z.array(quantityDrift),
  /** All numbers of a record together; null where there are too few records. */
  joint: z.strictObject({ mmd: z.number(), pValue: z.number(), state }).nullable(),
  /** The worst of them. */
  state,
});

const judged = {
  /** Index of a class; for survival 1 is the event. */
  truth: z.int().min(0),
  /** Index of a class; null for survival. */
  predicted: z.int().min(0).nullable(),
  /** Of the predicted class, 0 … 1; null for survival. */
  probability: z.number().nullable(),
};

const images = z.strictObject({
  kind: z.literal('images'),
  height: z.int().min(1),
  width: z.int().min(1),
  channels: z.int().min(1),
  images: z.array(
    z.strictObject({
      ...judged,
      /** Base64, a byte a number, row after row, from 0 for the darkest of all these images' pixels to 255 for the brightest. */
      pixels: z.string(),
      /** Base64, a byte a pixel, 255 where the predicted class depends on the pixel most. */
      saliency: z.string(),
    }),
  ),
});

const tables = z.strictObject({
  kind: z.literal('tables'),
  records: z.array(
    z.strictObject({
      ...judged,
      /** What moves the predicted class's logit (for survival the log risk) most, and by how much. */
      attributions: z.array(z.strictObject({ name: z.string(), value: z.number(), attribution: z.number() })),
    }),
  ),
});

const bin = z.strictObject({ samples: z.int().min(0), predicted: z.number(), observed: z.number() });

/**
 * What a member sees of its own records: a few of them beside what the model makes of them, and how its held-out part compares with its training
 * part. It shows patients' data, so it never leaves the site: not sent, not logged, in no bundle, and destroyed with the data.
 */
export const memberPicturesSchema = z.strictObject({
  type: z.literal('consilium/pictures/1'),
  study: digestSchema,
  /** Rounds that the model has been through. */
  round: z.int().min(0),
  classNames: z.array(z.string()),
  /** Records that there are, and those that were drawn from them to be looked at. */
  training: z.strictObject({ records: z.int().min(1), drawn: z.int().min(1) }),
  heldOut: z.strictObject({ records: z.int().min(1), drawn: z.int().min(1) }),
  examples: z.discriminatedUnion('kind', [images, tables]),
  /** Held-out records by true class (rows) and predicted class (columns); null for survival. */
  confusion: z.array(z.array(z.int().min(0))).nullable(),
  /** As in `src/model/calibration.ts`; null for survival. */
  calibration: z.strictObject({ error: z.number(), brier: z.number(), bins: z.array(bin) }).nullable(),
  drift: z.strictObject({
    inputs: partDrift,
    outputs: partDrift,
    thresholds: z.strictObject({
      /** Population stability index from where on a shift is worth watching, and an alert. */
      watch: z.number(),
      alert: z.number(),
      /** Whose they are, and those of the tests. */
      sources: z.array(z.string()),
    }),
  }),
});

export type MemberPictures = z.infer<typeof memberPicturesSchema>;
export type PictureExamples = MemberPictures['examples'];
export type PartDrift = z.infer<typeof partDrift>;
