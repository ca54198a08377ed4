import { readLineage } from '../../audit/lineage.ts';
import { tabulateParticipation } from '../../audit/participation-table.ts';
import { openBundle } from '../../audit/read-bundle.ts';
import type { Hex } from '../../base/bytes.ts';
import { connectLedger } from '../../ledger/ethers-ledger.ts';
import type { LedgerEntry } from '../../protocol/ledger-entry.ts';
import type { ReportData, ReportMember } from '../../report/report-data.ts';
import { studyScores } from '../../valuation/study-score.ts';
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

/** Gathers what the report shows: from the audit, from the clean evidence, and from the ledger. */
export async function composeReport(
  outcome: DemoOutcome,
  members: readonly MemberResult[],
  facts: RunFacts,
): Promise<ReportData> {
  const { run, report, reference } = outcome;
  const bundle = await openBundle(run.folder.bundle);
  const connection = await connectLedger({ rpcUrl: outcome.rpcUrl, contract: outcome.contract });
  try {
    const log = await connection.entries(run.study, 0);
    const mixes = await readLineage(bundle);
    const scoresByRound = [...studyScores(log).byRound].map(([round, scores]) => ({
      round,
      scores: Object.fromEntries(scores),
    }));
    const gas = await Promise.all(
      log.filter(isRecord).map(async (entry) => ({
        ...whoAndWhen(entry),
        gasUsed: (await connection.receipt(entry.transaction))?.gasUsed ?? 0,
      })),
    );
    return {
      title: report.title,
      study: run.study,
      contract: outcome.contract,
      chainId: report.chainId,
      startedAt: facts.startedAt,
      durationSeconds: outcome.durationSeconds,
      command: facts.command,
      terms: describeTerms(outcome, facts),
      members: members.map((member, i) => describeMember(outcome, member, i)),
      participation: await tabulateParticipation(bundle, connection),
      accuracyPooled: reference.pooled?.accuracy ?? null,
      aucPooled: reference.pooled?.auc ?? null,
      scoresByRound: scoresByRound.toSorted((a, b) => a.round - b.round),
      mixes,
      gas,
      records: report.records,
      findings: report.findings,
      notices: report.notices,
    };
  } finally {
    connection.close();
    await bundle.close();
  }
}

type RecordEntry = Extract<LedgerEntry, { kind: 'joined' | 'contribution' | 'valuation' }>;

const isRecord = (entry: LedgerEntry): entry is RecordEntry =>
  entry.kind === 'joined' || entry.kind === 'contribution' || entry.kind === 'valuation';

function whoAndWhen(entry: RecordEntry): { kind: string; member: Hex; round: number | null } {
  if (entry.kind === 'joined') return { kind: 'join', member: entry.record.member, round: null };
  if (entry.kind === 'valuation')
    return { kind: 'valuation', member: entry.record.evaluator, round: entry.record.round };
  return { kind: 'contribution', member: entry.record.member, round: entry.record.round };
}

function describeTerms({ run, report }: DemoOutcome, facts: RunFacts): ReportData['terms'] {
  const { manifest, data } = run;
  const update = updateSize(manifest, run.parameterCount);
  const engine = report.members.flatMap((member) => member.metrics)[0]?.engine;
  return {
    dataset: `${facts.dataset} (${data.test.samples} common test samples)`,
    alpha: facts.alpha,
    rounds: manifest.rounds,
    segments: manifest.segments,
    pulls: manifest.pulls,
    parameterCount: run.parameterCount,
    codec: update.codec.name,
    updateBytes: update.bytes,
    engine: engine === undefined ? 'unknown' : `${engine.name} ${engine.version}`,
    seed: String(facts.seed),
  };
}

function describeMember({ report, rows }: DemoOutcome, member: MemberResult, i: number): ReportMember {
  const audited = report.members.find(({ address }) => address === member.address);
  return {
    ...member,
    scoreMicros: audited?.scoreMicros ?? null,
    tracedMicros: audited?.tracedMicros ?? null,
    modelCredits: audited?.modelCredits ?? null,
    bytesIn: rows[i]?.bytesIn ?? 0,
    bytesOut: rows[i]?.bytesOut ?? 0,
    series: (audited?.metrics ?? []).map(({ round, heldOut, common }) => ({ round, heldOut, common })),
  };
}
