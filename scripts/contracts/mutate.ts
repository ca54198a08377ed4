/**
 * Mutation testing of the contracts: puts small faults into them and counts how many the Solidity tests notice. Fails
 * below 90 %. `--quick` tries a sample; `--control Membership` shows that the score falls without a contract's own tests.
 */
import { describesMutant, readEquivalentMutants } from './mutation/equivalent-mutants.ts';
import { findMutants } from './mutation/find-mutants.ts';
import type { Mutant } from './mutation/mutant.ts';
import { type MutationOptions, parseMutationOptions } from './mutation/mutation-options.ts';
import { type MutationReport, renderReport, reportAsJson, scoreOf } from './mutation/mutation-report.ts';
import { tryMutants } from './mutation/mutation-run.ts';
import { readSources, type Sources } from './solidity-project.ts';

const REQUIRED_PERCENT = 90;

/** Without its own tests, no contract may come near its score. */
const CONTROL_FACTOR = 0.5;

const progress = (message: string): void =>
  console.error(`${(performance.now() / 1000).toFixed(0).padStart(5)} s  ${message}`);

/** The order in which a seed tries the mutants; by hash, so that a new mutant does not change the order of the others. */
function sampled(mutants: readonly Mutant[], { seed, sample }: MutationOptions): Mutant[] {
  const rank = new Map(
    mutants.map((mutant) => [mutant, hash(`${seed} ${mutant.file} ${mutant.before} ${mutant.after}`)]),
  );
  const order = mutants.toSorted((a, b) => (rank.get(a) ?? 0) - (rank.get(b) ?? 0));
  return order.slice(0, sample);
}

/** FNV-1a with a final mix. */
function hash(text: string): number {
  let state = 0x811c9dc5;
  for (const byte of Buffer.from(text)) state = Math.imul(state ^ byte, 0x01000193);
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  return (state ^ (state >>> 13)) >>> 0;
}

async function mutationReport(sources: Sources, options: MutationOptions): Promise<MutationReport> {
  const equivalent = await readEquivalentMutants();
  const found = findMutants(sources);
  const stale = equivalent.filter((entry) => !found.some((mutant) => describesMutant(entry, mutant)));
  const wanted = found.filter(({ file }) => options.files?.test(file) ?? true);
  const real = wanted.filter((mutant) => !equivalent.some((entry) => describesMutant(entry, mutant)));
  progress(`found ${found.length} mutants; ${real.length} to choose from`);
  const result = await tryMutants(sources, sampled(real, options), options, progress);
  return { result, seed: options.seed, ignored: equivalent.filter((entry) => !stale.includes(entry)), stale };
}

/** @returns whether the score falls as far as it must */
async function runControl(sources: Sources, contract: string, options: MutationOptions): Promise<boolean> {
  const all = scoreOf((await mutationReport(sources, options)).result);
  const skipSuites = new RegExp(`/${contract}\\.t\\.sol:`);
  const fewer = scoreOf((await mutationReport(sources, { ...options, skipSuites })).result);
  console.log(
    `control ${contract}: ${all.percent.toFixed(1)} % killed, ${fewer.percent.toFixed(1)} % without its own tests`,
  );
  return fewer.percent < all.percent * CONTROL_FACTOR;
}

async function main(): Promise<void> {
  const options = parseMutationOptions(process.argv.slice(2));
  const sources = await readSources();
  if (options.control !== undefined) {
    if (!(await runControl(sources, options.control, options))) process.exitCode = 1;
    return;
  }
  const report = await mutationReport(sources, options);
  console.log(options.json ? reportAsJson(report) : renderReport(report));
  if (scoreOf(report.result).percent < REQUIRED_PERCENT || report.stale.length > 0) process.exitCode = 1;
}

await main();
