import { refuseErrors, type Sources } from '../solidity-project.ts';
import { compileMutant, compileSwitched } from './compile-mutants.ts';
import type { Mutant } from './mutant.ts';
import type { MutationOptions } from './mutation-options.ts';
import { killerOf, type Phases, selectedTests, testPhases, testsThatFailAnyway } from './try-mutant.ts';

export interface TriedMutant {
  readonly mutant: Mutant;
  /** The test that noticed it. */
  readonly killer: string | undefined;
}

export interface MutationResult {
  readonly tried: readonly TriedMutant[];
  /** Mutants that are not valid Solidity. */
  readonly invalid: number;
  /** Mutants for which there was no time. */
  readonly untried: number;
  /** Tests that fail on switched code without a fault, and so were not asked. */
  readonly unusableTests: readonly string[];
}

type Progress = (message: string) => void;

/** Tries the mutants: those that can be switched in one program, the others each in a program of its own. */
export async function tryMutants(
  sources: Sources,
  mutants: readonly Mutant[],
  options: MutationOptions,
  progress: Progress,
): Promise<MutationResult> {
  const phases = await testPhases(options.thorough);
  const deadline = performance.now() + options.budgetSeconds * 1000;
  const switched = await trySwitched(sources, mutants, { options, phases, deadline, progress });
  const single = await trySingles(sources, mutants, { options, phases, deadline, progress });
  return {
    tried: [...switched.tried, ...single.tried],
    invalid: switched.invalid + single.invalid,
    untried: mutants.length - switched.tried.length - single.tried.length - switched.invalid - single.invalid,
    unusableTests: switched.unusableTests,
  };
}

interface Attempt {
  readonly options: MutationOptions;
  readonly phases: Phases;
  readonly deadline: number;
  readonly progress: Progress;
}

const PROGRESS_EVERY = 50;

async function trySwitched(sources: Sources, mutants: readonly Mutant[], attempt: Attempt) {
  const { phases, progress, options } = attempt;
  const compiled = compileSwitched(
    sources,
    mutants.filter(({ site }) => site !== undefined),
  );
  progress(`compiled ${compiled.mutants.length} mutants into one program; ${compiled.invalid.length} are not valid`);
  const program = selectedTests(refuseErrors(compiled.output), options.skipSuites);
  const tests = { program, unusable: await testsThatFailAnyway(program, phases) };
  const tried: TriedMutant[] = [];
  for (const mutant of compiled.mutants) {
    if (performance.now() > attempt.deadline) break;
    tried.push({ mutant, killer: await killerOf(mutant.id, tests, phases) });
    if (tried.length % PROGRESS_EVERY === 0) progress(`${tried.length} of ${compiled.mutants.length} tried`);
  }
  return { tried, invalid: compiled.invalid.length, unusableTests: [...tests.unusable] };
}

async function trySingles(sources: Sources, mutants: readonly Mutant[], attempt: Attempt) {
  const { phases, progress, options } = attempt;
  const tried: TriedMutant[] = [];
  let invalid = 0;
  for (const mutant of mutants.filter(({ site }) => site === undefined)) {
    if (performance.now() > attempt.deadline) break;
    const output = compileMutant(sources, mutant);
    if (output === undefined) {
      invalid += 1;
      continue;
    }
    // Without a switch nothing can be told apart from the fault, so every test may kill.
    const program = selectedTests(output, options.skipSuites);
    tried.push({ mutant, killer: await killerOf(0, { program, unusable: new Set() }, phases) });
    if (tried.length % 10 === 0) progress(`${tried.length} mutants of declarations tried`);
  }
  return { tried, invalid };
}
