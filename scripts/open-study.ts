import { required, usageError } from '../src/cli/command-line.ts';
import { type Command, runCommand } from '../src/cli/run-command.ts';
import { readGovernance } from '../src/ledger/admin/read-status.ts';
import { openStudy, readStudy, type StudySummary } from '../src/ledger/admin/studies.ts';
import { assertSafeAggregation } from '../src/mixing/assert-safe-aggregation.ts';
import { type Manifest, parseManifest, studyOf } from '../src/protocol/manifest.ts';
import type { OpenStudy } from '../src/protocol/study-entries.ts';
import { ADMIN_OPTIONS, readText } from './admin-options.ts';
import { type ConsortiumTask, type Outcome, runConsortiumTask } from './admin-run.ts';

const open: Command = {
  spec: {
    usage: 'node scripts/open-study.ts --manifest <file> [options]',
    summary:
      "Opens a study on the ledger: its name there is the manifest's digest, so the manifest cannot change any more. A manifest\n" +
      "beyond what the consortium's governance allows, or whose mixes may meet more attackers than its rule withstands, is refused.",
    options: {
      ...ADMIN_OPTIONS,
      manifest: { type: 'string', value: '<file>', help: "the study's manifest" },
    },
    examples: ['node scripts/open-study.ts --manifest manifest.json'],
  },
  async run(values, _positionals, signal) {
    const path = required(values, 'manifest');
    const manifest = parseManifest(await readText(path), path);
    assertSafeAggregation(manifest);
    return runConsortiumTask(values, signal, (task) => openOnce(task, manifest));
  },
};

async function openOnce({ session, deployment }: ConsortiumTask, manifest: Manifest): Promise<Outcome> {
  const terms = termsOf(manifest);
  const { study } = terms;
  const present = await readStudy(session.provider, deployment.ledger, study);
  if (present.state !== 'none') {
    assertSame(terms, present);
    return { text: `study ${study} is open already: nothing was changed`, value: { ...terms } };
  }
  assertGoverned(manifest, await readGovernance(session.provider, deployment.membership));
  await openStudy(session, deployment.ledger, terms);
  return { text: `opened study ${study}`, value: { ...terms } };
}

function termsOf(manifest: Manifest): OpenStudy {
  const { rounds, maximumMembers, staleness, epsilonBudgetMicros, deltaBudgetPicos } = manifest;
  const terms = { rounds, maximumMembers, stalenessBound: staleness.boundRounds };
  return { study: studyOf(manifest), ...terms, epsilonBudgetMicros, deltaBudgetPicos };
}

/** Whoever has the study role can open a study under any name and terms, so that it has to be looked at. */
function assertSame(terms: OpenStudy, present: StudySummary): void {
  if (present.state === 'closed')
    throw usageError(`study ${terms.study} is closed for good; a new study needs a manifest with another nonce`);
  for (const field of Object.keys(terms) as (keyof OpenStudy)[]) {
    if (present[field] === terms[field]) continue;
    throw usageError(
      `study ${terms.study} was opened with ${field} ${present[field]}, the manifest has ${terms[field]}; members will ` +
        'refuse to join it: make a manifest with another nonce',
    );
  }
}

function assertGoverned(manifest: Manifest, bounds: { weightShareCapMicros: number; quorumMicros: number }): void {
  const cap = Math.round(manifest.aggregation.weightShareCap * 1_000_000);
  if (cap > bounds.weightShareCapMicros)
    throw usageError(
      `aggregation.weightShareCap ${micros(cap)} is above the ${micros(bounds.weightShareCapMicros)} that the consortium ` +
        'agreed on; lower it in the manifest',
    );
  const quorum = Math.round(manifest.waiting.quorum * 1_000_000);
  if (quorum < bounds.quorumMicros)
    throw usageError(
      `waiting.quorum ${micros(quorum)} is below the ${micros(bounds.quorumMicros)} that the consortium agreed on; raise ` +
        'it in the manifest',
    );
}

const micros = (share: number): string => String(share / 1_000_000);

process.exitCode = await runCommand(open, process.argv.slice(2));
