import { type CompilerOutput, compileForTests, errorsOf, refuseErrors, type Sources } from '../solidity-project.ts';
import type { Mutant } from './mutant.ts';
import { mutantAtError, mutatedSources, switchedSources } from './switched-sources.ts';

export interface SwitchedProgram {
  readonly output: CompilerOutput;
  readonly mutants: readonly Mutant[];
  /** Not Solidity, so they tell nothing about the tests. */
  readonly invalid: readonly Mutant[];
}

/** Compiles many mutants into one program, leaving out those that are not valid. */
export function compileSwitched(sources: Sources, mutants: readonly Mutant[]): SwitchedProgram {
  const invalid: Mutant[] = [];
  let valid = mutants;
  for (;;) {
    const switched = switchedSources(sources, valid);
    const output = compileForTests(switched);
    if (errorsOf(output).length === 0) return { output, mutants: valid, invalid };
    const rejected = blamedMutants(switched, output, valid) ?? incompatibleMutants(sources, valid);
    if (rejected.size === 0) refuseErrors(output);
    invalid.push(...valid.filter(({ id }) => rejected.has(id)));
    valid = valid.filter(({ id }) => !rejected.has(id));
  }
}

/** Most errors stand inside a mutant; nothing if one of them does not. */
function blamedMutants(
  switched: Sources,
  output: CompilerOutput,
  mutants: readonly Mutant[],
): ReadonlySet<number> | undefined {
  const known = new Set(mutants.map(({ id }) => id));
  const blamed = errorsOf(output).map(({ sourceLocation }) =>
    sourceLocation === undefined ? undefined : mutantAtError(switched[sourceLocation.file] ?? '', sourceLocation.start),
  );
  const found = blamed.filter((id) => id !== undefined && known.has(id)) as number[];
  return found.length > 0 ? new Set(found) : undefined;
}

/** Those that do not compile on their own, found by halving. */
function incompatibleMutants(sources: Sources, mutants: readonly Mutant[]): ReadonlySet<number> {
  if (mutants.length === 0 || errorsOf(compileForTests(switchedSources(sources, mutants))).length === 0)
    return new Set();
  if (mutants.length === 1) return new Set(mutants.map(({ id }) => id));
  const middle = mutants.length >> 1;
  const halves = [mutants.slice(0, middle), mutants.slice(middle)];
  return new Set(halves.flatMap((half) => [...incompatibleMutants(sources, half)]));
}

/** The program with one mutant, or nothing if it is not valid. */
export function compileMutant(sources: Sources, mutant: Mutant): CompilerOutput | undefined {
  const output = compileForTests(mutatedSources(sources, mutant));
  return errorsOf(output).length === 0 ? output : undefined;
}
