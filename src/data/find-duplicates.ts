import { createHash } from 'node:crypto';

/** Some samples under a name: a file's own part, or one that a split made. */
export interface NamedSamples {
  readonly name: string;
  readonly rows: readonly Float32Array[];
}

/** A sample that is there more than once. */
export interface Duplicate {
  /** Where it is, in order: name of the part, and index in it. */
  readonly places: readonly { readonly part: string; readonly index: number }[];
}

/** The samples that occur more than once, bit for bit, whatever their labels. */
export function findDuplicates(parts: readonly NamedSamples[]): Duplicate[] {
  const all = parts.flatMap(({ name, rows }) =>
    rows.map((values, index) => ({ part: name, index, digest: digestOf(values) })),
  );
  return [...Map.groupBy(all, ({ digest }) => digest).values()]
    .filter(({ length }) => length > 1)
    .map((places) => ({ places: places.map(({ part, index }) => ({ part, index })) }));
}

/** True if a duplicate lies in two different parts: what was trained on is tested on. */
export function crossesParts({ places }: Duplicate): boolean {
  return places.some(({ part }) => part !== places[0]?.part);
}

/** Equal for equal numbers; only ever compared within one process. */
export function digestOf(values: Float32Array): string {
  return createHash('sha256')
    .update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    .digest('base64');
}
