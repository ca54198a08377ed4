import { createHash } from 'node:crypto';

/** Some samples under a name: a file's own part, or one that a split made. */
export interface NamedSamples {
  readonly name: string;
  readonly samples: number;
  /** `samples` × numbers per sample. */
  readonly inputs: Float32Array;
}

/** A sample that is there more than once. */
export interface Duplicate {
  /** Where it is, in order: name of the part, and index in it. */
  readonly places: readonly { readonly part: string; readonly index: number }[];
}

/** The samples that occur more than once in parts of equal sample shape, bit for bit, whatever their labels. */
export function findDuplicates(parts: readonly NamedSamples[]): Duplicate[] {
  const found = new Map<string, { part: string; index: number }[]>();
  for (const { name, samples, inputs } of parts) {
    const width = inputs.length / samples;
    for (let index = 0; index < samples; index++) {
      const digest = digestOf(inputs.subarray(index * width, (index + 1) * width));
      const places = found.get(digest) ?? [];
      places.push({ part: name, index });
      found.set(digest, places);
    }
  }
  return [...found.values()].filter(({ length }) => length > 1).map((places) => ({ places }));
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
