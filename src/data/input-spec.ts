import { z } from 'zod';

const name = z.string().min(1).max(200);
const classes = z.array(name).min(2).max(256);

/** A measurement. What lies outside of `least` … `most` cannot be and counts as missing. */
const numberColumn = z
  .strictObject({
    kind: z.literal('number'),
    name,
    least: z.number(),
    most: z.number(),
    /** Stands for a missing value, before scaling. */
    fill: z.number(),
    /** input = (value − offset) × scale. */
    offset: z.number(),
    scale: z.number(),
    /** Whether a further input says 1 where the value is missing. */
    indicator: z.boolean(),
  })
  .refine(({ least, most }) => least < most, { error: 'least must be below most' });

/** One of several levels: an input each, all zero where the value is missing or none of them. */
const categoryColumn = z.strictObject({
  kind: z.literal('category'),
  name,
  /** As the table writes them; numbers are compared as numbers, so that 1 and 1.0 are one level. */
  levels: z.array(z.string().min(1).max(200)).min(1).max(256),
  indicator: z.boolean(),
});

const labelColumn = z.discriminatedUnion('kind', [
  /** The cell is the class's name. */
  z.strictObject({ kind: z.literal('class'), column: name, classes }),
  /** Class 1 where the number is above the threshold, class 0 elsewhere. */
  z.strictObject({ kind: z.literal('threshold'), column: name, above: z.number(), classes: classes.length(2) }),
]);

const tableInput = z.strictObject({
  kind: z.literal('table'),
  columns: z
    .array(z.discriminatedUnion('kind', [numberColumn, categoryColumn]))
    .min(1)
    .max(1024),
  label: labelColumn,
  /** Rows with equal cells in this column are of one patient; null where every row is a patient of its own. */
  patient: name.nullable(),
  /** Follow-up time of survival data, whose label 1 is the event and 0 the end of observation. */
  time: name.nullable(),
  /** Cells that mean: not known. An empty cell always does. */
  missing: z.array(z.string().max(20)).max(20),
});

const imageInput = z.strictObject({
  kind: z.literal('image'),
  height: z.int().min(1).max(512),
  width: z.int().min(1).max(512),
  channels: z.union([z.literal(1), z.literal(3)]),
  /** input = (pixel − offset) × scale, with pixels from 0 (black) to 1 (white). */
  offset: z.number(),
  scale: z.number(),
  classes,
});

/**
 * What the samples of a study look like, and how raw values become inputs: constants that all members share and that come from nobody's
 * data. It stands in the manifest.
 */
export const inputSpecSchema = z.discriminatedUnion('kind', [tableInput, imageInput]);

export type InputSpec = z.infer<typeof inputSpecSchema>;
export type TableInput = z.infer<typeof tableInput>;
export type TableColumn = TableInput['columns'][number];
export type ImageInput = z.infer<typeof imageInput>;

/** The classes of a study, in the order of their labels. */
export function classesOf(spec: InputSpec): readonly string[] {
  return spec.kind === 'table' ? spec.label.classes : spec.classes;
}

/** Shape of one sample as the network gets it. */
export function inputShapeOf(spec: InputSpec): readonly number[] {
  if (spec.kind === 'image') return [spec.height, spec.width, spec.channels];
  return [spec.columns.reduce((total, column) => total + inputsOf(column), 0)];
}

/** How many inputs a column becomes. */
export function inputsOf(column: TableColumn): number {
  return (column.kind === 'number' ? 1 : column.levels.length) + (column.indicator ? 1 : 0);
}
