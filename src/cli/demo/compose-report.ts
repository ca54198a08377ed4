import { openBundle } from '../../audit/read-bundle.ts';
import { connectLedger, type LedgerConnection } from '../../ledger/ethers-ledger.ts';
import { openBundleStudy } from '../../web/auditor/open-bundle-study.ts';
import { type ReportSnapshot, takeSnapshot } from '../../web/report/report-snapshot.ts';
import type { RunView } from '../../web/report/run-view.ts';
import type { MemberResult } from './member-results.ts';
import type { DemoOutcome } from './run-demo.ts';
import { updateSize } from './update-size.ts';

/** What the report's readers need to know about the run itself. */
export interface RunFacts {
  readonly command: string;
  readonly startedAt: string;
  readonly dataset: string;
  readonly alpha: number;
  readonly seed: number;
}

/** Gathers what the report shows: from the audit that was, from the clean evidence, and from the ledger. */
export async function composeReport(
  outcome: DemoOutcome,
  members: readonly MemberResult[],
  facts: RunFacts,
): Promise<ReportSnapshot> {
  const bundle = await openBundle(outcome.run.folder.bundle);
  const connection = await connectLedger({ rpcUrl: outcome.rpcUrl, contract: outcome.contract });
  try {
    const study = await openBundleStudy(bundle, connection, outcome.report);
    await study.checked;
    const positions = new Map(study.view().members.map(({ account, position }) => [account, position]));
    const inOrder = members.toSorted((a, b) => (positions.get(a.address) ?? 0) - (positions.get(b.address) ?? 0));
    return await takeSnapshot(study, await describeRun(outcome, { members: inOrder, facts, connection }));
  } finally {
    connection.close();
    await bundle.close();
  }
}

interface RunParts {
  /** In order of position. */
  readonly members: readonly MemberResult[];
  readonly facts: RunFacts;
  readonly connection: LedgerConnection;
}

async function describeRun(outcome: DemoOutcome, { members, facts, connection }: RunParts): Promise<RunView> {
  const { report, reference, run } = outcome;
  return {
    title: report.title,
    startedAt: facts.startedAt,
    durationSeconds: outcome.durationSeconds,
    command: facts.command,
    terms: describeTerms(outcome, facts),
    members: members.map((member) => ({
      account: member.address,
      name: member.name,
      samples: member.samples,
      accuracyAlone: member.accuracyAlone,
      accuracyFederated: member.accuracyFederated,
      aucAlone: member.aucAlone,
      aucFederated: member.aucFederated,
      modelCredits: report.members.find(({ address }) => address === member.address)?.modelCredits ?? null,
      bytesIn: outcome.rows.find(({ address }) => address === member.address)?.bytesIn ?? 0,
      bytesOut: outcome.rows.find(({ address }) => address === member.address)?.bytesOut ?? 0,
      killed: member.killed,
    })),
    accuracyPooled: reference.pooled?.accuracy ?? null,
    aucPooled: reference.pooled?.auc ?? null,
    gas: await readGas(connection, run.study),
  };
}

/** What was paid for each record that a member brought to the ledger. */
async function readGas(connection: LedgerConnection, study: `0x${string}`): Promise<RunView['gas']> {
  const records = (await connection.entries(study, 0)).filter(
    ({ kind }) => kind === 'joined' || kind === 'contribution' || kind === 'valuation',
  );
  return Promise.all(
    records.map(async ({ kind, transaction }) => ({
      kind: kind === 'joined' ? 'join' : kind,
      gasUsed: (await connection.receipt(transaction))?.gasUsed ?? 0,
    })),
  );
}

function describeTerms({ run, report }: DemoOutcome, facts: RunFacts): RunView['terms'] {
  const { manifest, data } = run;
  const update = updateSize(manifest, run.parameterCount);
  const engine = report.members.flatMap((member) => member.metrics)[0]?.engine;
  return {
    dataset: `${facts.dataset} (${data.test.samples} common test samples)`,
    alpha: Number.isFinite(facts.alpha) ? facts.alpha : null,
    parameterCount: run.parameterCount,
    codec: update.codec.name,
    updateBytes: update.bytes,
    engine: engine === undefined ? 'unknown' : `${engine.name} ${engine.version}`,
    seed: String(facts.seed),
  };
}
