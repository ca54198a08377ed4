import { openBundle } from '../../audit/read-bundle.ts';
import type { Hex } from '../../base/bytes.ts';
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

/** Gathers what the report shows: from the audit that was, from the evidence that it looked at, and from the ledger. */
export async function composeReport(
  outcome: DemoOutcome,
  members: readonly MemberResult[],
  facts: RunFacts,
): Promise<ReportSnapshot> {
  const bundle = await openBundle(outcome.bundle);
  const connection = await connectLedger({ rpcUrl: outcome.rpcUrl, contract: outcome.contract });
  try {
    const study = await openBundleStudy(bundle, connection, { known: outcome.report, names: namesOf(outcome) });
    await study.checked;
    return await takeSnapshot(study, await describeRun(outcome, { members, facts, connection }));
  } finally {
    connection.close();
    await bundle.close();
  }
}

/** What the run calls its members, by account. */
export const namesOf = ({ rows }: DemoOutcome): Record<Hex, string> =>
  Object.fromEntries(rows.map(({ address, name }) => [address, name]));

interface RunParts {
  readonly members: readonly MemberResult[];
  readonly facts: RunFacts;
  readonly connection: LedgerConnection;
}

async function describeRun(outcome: DemoOutcome, { members, facts, connection }: RunParts): Promise<RunView> {
  const { report, reference, run, rows } = outcome;
  const audited = new Map(report.members.map((member, position) => [member.address, { ...member, position }]));
  // The audit's figures are in order of position.
  const positions = members.map(({ address }) => audited.get(address)?.position ?? -1);
  return {
    title: report.title,
    startedAt: facts.startedAt,
    durationSeconds: outcome.durationSeconds,
    command: facts.command,
    terms: describeTerms(outcome, facts),
    members: members.map((member, i) => ({
      account: member.address,
      position: audited.get(member.address)?.position ?? i,
      name: member.name,
      samples: member.samples,
      accuracyAlone: member.accuracyAlone,
      accuracyFederated: member.accuracyFederated,
      aucAlone: member.aucAlone,
      aucFederated: member.aucFederated,
      modelCredits: inOrder(audited.get(member.address)?.modelCredits ?? null, positions),
      bytesIn: rows[i]?.bytesIn ?? 0,
      bytesOut: rows[i]?.bytesOut ?? 0,
      killed: member.killed,
    })),
    accuracyPooled: reference.pooled?.accuracy ?? null,
    aucPooled: reference.pooled?.auc ?? null,
    gas: await readGas(connection, run.study),
  };
}

const inOrder = (credits: readonly number[] | null, positions: readonly number[]): (number | null)[] | null =>
  credits === null ? null : positions.map((position) => credits[position] ?? null);

/** What was paid for each record that a member brought to the ledger. */
async function readGas(connection: LedgerConnection, study: Hex): Promise<RunView['gas']> {
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
