import type { EquivalentMutant } from './equivalent-mutants.ts';
import type { Mutant } from './mutant.ts';
import type { MutationResult } from './mutation-run.ts';

export interface MutationScore {
  readonly mutants: number;
  readonly killed: number;
  readonly percent: number;
}

export function scoreOf({ tried }: MutationResult): MutationScore {
  const killed = tried.filter(({ killer }) => killer !== undefined).length;
  return { mutants: tried.length, killed, percent: tried.length === 0 ? 0 : (100 * killed) / tried.length };
}

export interface MutationReport {
  readonly result: MutationResult;
  readonly seed: number;
  readonly ignored: readonly EquivalentMutant[];
  readonly stale: readonly EquivalentMutant[];
}

function survivorsOf({ tried }: MutationResult): Mutant[] {
  return tried.filter(({ killer }) => killer === undefined).map(({ mutant }) => mutant);
}

export function renderReport({ result, seed, ignored, stale }: MutationReport): string {
  const { mutants, killed, percent } = scoreOf(result);
  return [
    ...survivorsOf(result).map(describeMutant),
    ...ignored.map(({ file, replacement, reason }) => `ignored ${file}: ${replacement}\n  because ${reason}`),
    ...stale.map(({ file, replacement }) => `stale entry of equivalent-mutants.json: ${file}: ${replacement}`),
    ...result.unusableTests.map((test) => `not asked, since it fails on switched code without a fault: ${test}`),
    `not valid ${result.invalid}, not tried for lack of time ${result.untried}`,
    `mutants ${mutants} killed ${killed} (${percent.toFixed(1)} %) seed ${seed}`,
  ].join('\n');
}

function describeMutant({ file, line, operator, before, after }: Mutant): string {
  return `survived ${file}:${line} ${operator}\n  - ${before}\n  + ${after}`;
}

/** The same for a program. */
export function reportAsJson({ result, seed, ignored, stale }: MutationReport): string {
  const survivors = survivorsOf(result).map(({ file, line, operator, before, after }) => ({
    file,
    line,
    operator,
    before,
    after,
  }));
  const { invalid, untried, unusableTests } = result;
  return JSON.stringify(
    { ...scoreOf(result), seed, invalid, untried, unusableTests, survivors, ignored, stale },
    null,
    2,
  );
}
