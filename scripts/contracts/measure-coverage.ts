/**
 * Line and branch coverage of the contracts by the Solidity tests. Hardhat's own `--coverage` knows no branches; forge
 * does, but not those of `&&`, `||` and modifiers, and it is an 81 MB program for one platform. So the sources get probes
 * (see `probes/instrument-source.ts`) and the tests run on EDR, which Hardhat brings along. Fails below 100 %.
 */
import { CoverageRecord, coverageOf, renderCoverage } from './probes/coverage-report.ts';
import { type CoveragePoint, instrumentSource } from './probes/instrument-source.ts';
import { PROBE_PATH, PROBE_SOURCE } from './probes/probe-source.ts';
import {
  compileForTests,
  isProduction,
  parseSources,
  projectSettings,
  readSources,
  refuseErrors,
  type Sources,
} from './solidity-project.ts';
import { describeOutcome, runSolidityTests, testProgram } from './solidity-test-run.ts';

function instrumentAll(sources: Sources): { readonly instrumented: Sources; readonly points: CoveragePoint[] } {
  const trees = parseSources(sources);
  const points: CoveragePoint[] = [];
  const instrumented: Record<string, string> = { ...sources, [PROBE_PATH]: PROBE_SOURCE };
  for (const [file, content] of Object.entries(sources)) {
    const tree = trees.get(file);
    if (tree === undefined || !isProduction(file)) continue;
    const result = instrumentSource({ file, content, tree }, points.length);
    instrumented[file] = result.content;
    points.push(...result.points);
  }
  return { instrumented, points };
}

async function main(): Promise<void> {
  const { instrumented, points } = instrumentAll(await readSources());
  const program = testProgram(refuseErrors(compileForTests(instrumented)));
  const profile = (await projectSettings()).test.solidity.profiles['default'];
  const options = { fuzz: profile?.fuzz ?? {}, invariant: profile?.invariant ?? {} };
  const record = new CoverageRecord();
  const onCoverage = (words: readonly Uint8Array[]): void => {
    for (const word of words) record.add(word);
  };
  const outcomes = await runSolidityTests(program, { ...options, onCoverage });
  const failures = outcomes.filter(({ failed }) => failed);
  if (failures.length > 0) console.error(`CONSILIUM_FUZZ_SEED=${profile?.fuzz.seed} repeats this run`);
  for (const failure of failures) console.error(`fails on instrumented code: ${describeOutcome(failure)}`);

  const files = [...new Set(points.map(({ file }) => file))].map((file) => coverageOf(file, points, record));
  console.log(renderCoverage(files));
  if (failures.length > 0 || files.some(({ missing }) => missing.length > 0)) process.exitCode = 1;
}

await main();
