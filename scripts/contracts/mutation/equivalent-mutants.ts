import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { z } from 'zod';
import type { Mutant } from './mutant.ts';

/** A mutant that nobody could notice, as a person found; `original` and `replacement` are the whole statement. */
const equivalentMutantSchema = z.strictObject({
  file: z.string(),
  original: z.string(),
  replacement: z.string(),
  reason: z.string().min(20),
});

export type EquivalentMutant = z.infer<typeof equivalentMutantSchema>;

export async function readEquivalentMutants(): Promise<EquivalentMutant[]> {
  const text = await readFile(resolve(import.meta.dirname, 'equivalent-mutants.json'), 'utf8');
  return z.array(equivalentMutantSchema).parse(JSON.parse(text));
}

export function describesMutant({ file, original, replacement }: EquivalentMutant, mutant: Mutant): boolean {
  return mutant.file === file && mutant.before === original && mutant.after === replacement;
}
