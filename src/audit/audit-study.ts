import type { Hex } from '../base/bytes.ts';
import type { LedgerReader } from '../ledger/ledger.ts';
import { isClosing } from '../protocol/contribution.ts';
import type { Manifest } from '../protocol/manifest.ts';
import type { Metrics } from '../protocol/metrics.ts';
import { isExpectedPart, participation, type RoundPart } from '../protocol/participation.ts';
import { evaluatorAgreements } from '../valuation/agreement.ts';
import { scoreReports } from '../valuation/score-reports.ts';
import { type StudyRank, studyRanks } from '../valuation/study-ranks.ts';
import { studyScores } from '../valuation/study-score.ts';
import type { TracedCredit } from '../valuation/trace-credit.ts';
import { type AuditSubject, auditSubject, keyOf } from './audit-subject.ts';
import { checkCheckpoints } from './check-checkpoints.ts';
import { checkCopies } from './check-copies.ts';
import { checkMetrics } from './check-metrics.ts';
import { checkPredecessor } from './check-predecessor.ts';
import { checkPrivacy } from './check-privacy.ts';
import { checkBlocks, checkContributions, checkValuations, noticeAbsences } from './check-records.ts';
import { checkTerms } from './check-terms.ts';
import { checkTiming } from './check-timing.ts';
import type { Finding, Notice } from './finding.ts';
import { namedBlocks } from './named-blocks.ts';
import { noticeEchoes } from './notice-echoes.ts';
import { noticeUnsignedHeads } from './notice-unsigned-heads.ts';
import type { Bundle } from './read-bundle.ts';
import { readStudyLog } from './read-study-log.ts';
import { type ReplayReport, replayMixes } from './replay-mixes.ts';
import { traceStudy } from './trace-study.ts';

/** A part of the audit: signed records and what they say; mixes repeated; updates compared with each other, for copies that were altered. */
export type AuditPart = 'records' | 'mixes' | 'altered-copies';

export interface AuditReport {
  readonly study: Hex;
  readonly title: string;
  readonly chainId: number;
  readonly contract: Hex;
  /** False if the log is the exporter's copy and no chain was asked. */
  readonly chainRead: boolean;
  readonly rounds: number;
  /** Parts that nobody looked at, because that was not asked for, or because there is no manifest: no finding says nothing about them. */
  readonly unchecked: readonly AuditPart[];
  readonly findings: readonly Finding[];
  readonly notices: readonly Notice[];
  readonly records: AuditCounts;
  /** In order of position. */
  readonly members: readonly AuditedMember[];
}

export interface AuditCounts {
  /** Signed training contributions in the bundle, and closing records. */
  readonly contributions: number;
  readonly closings: number;
  /** Training contributions on the ledger. */
  readonly anchored: number;
  readonly valuations: number;
  readonly mixesReplayed: number;
}

export interface AuditedMember {
  readonly address: Hex;
  readonly samples: number;
  /** The study's score in millionths of a nat, by the ledger alone; null if in no round at least three others scored it. */
  readonly scoreMicros: number | null;
  /** Its place among the members, by the ledger alone, and how sure that is; null if nobody scored it together with another. */
  readonly rank: StudyRank | null;
  /**
   * What its training is worth to the final models, mean over them, traced through the mixes, in millionths of a nat; null if at least three others
   * scored none of its contributions, or if the study credits models.
   */
  readonly tracedMicros: number | null;
  /** What its own final model owes to each member, in order of position; null where that cannot be traced. */
  readonly modelCredits: readonly number[] | null;
  /** How its scores of others go with theirs, −1 to 1, by the ledger alone; null if there is nothing to compare. */
  readonly agreement: number | null;
  /** Cumulative ε of its last record, in millionths. */
  readonly epsilonMicros: number;
  /** Training contributions: signed, expected by the log, on the ledger, and those of them that came late. */
  readonly signed: number;
  readonly expected: number;
  readonly anchored: number;
  readonly late: number;
  /** The state of each training round. */
  readonly parts: readonly RoundPart[];
  /** Digest of the final model; null if the member did not close the study. */
  readonly finalModel: Hex | null;
  /** The site's own figures by round; the last is of the final model. */
  readonly metrics: readonly Metrics[];
}

export interface AuditOptions {
  /** The chain; null to audit the bundle's own copy of the log, offline. */
  readonly ledger: LedgerReader | null;
  /**
   * False to check records and log only, which takes seconds: nobody looks then at what is in the mixes, and of copied updates only those with
   * the same digest are found. The report's `unchecked` says so.
   */
  readonly replay?: boolean;
  readonly onProgress?: (done: number, total: number) => void;
  /** The bundle of the study that this one continues, to see that it begins clean. */
  readonly predecessor?: Bundle | undefined;
}

/**
 * Verifies a study from its evidence and, where a chain is given, from the ledger itself: signatures, sequence and heads, one record
 * a member and round, Merkle roots, commitments, seeded choices, and every mix repeated bit for bit.
 * @throws AuditError `audit/bundle-of-another-contract`, `audit/not-the-predecessor`; LedgerError
 */
export async function auditStudy(bundle: Bundle, options: AuditOptions): Promise<AuditReport> {
  const { evidence, manifest } = bundle;
  const { ledger } = options;
  const domain = { chainId: evidence.chainId, contract: evidence.contract };
  const { log, findings: logFindings, notices: logNotices } = await readStudyLog(bundle, ledger);
  const blocks = await checkBlocks(namedBlocks(evidence), bundle);
  const findings: Finding[] = [...logFindings, ...blocks, ...checkCheckpoints(domain, evidence, log)];
  if (manifest === null) {
    findings.push({
      code: 'audit/manifest-mismatch',
      message: "the bundle does not hold the manifest with the study's digest",
    });
    return emptyReport(bundle, { findings, chainRead: ledger !== null });
  }
  const subject = auditSubject({ domain, manifest, bundle, log });
  findings.push(...checkTerms(log, manifest), ...checkContributions(subject), ...checkValuations(subject));
  const { metrics, findings: metricsFindings } = await checkMetrics(subject);
  const replay = options.replay === false ? await compareRecorded(subject) : await replayAndCompare(subject, options);
  const beginning = await auditBeginning(manifest, options);
  findings.push(...beginning.findings, ...metricsFindings, ...checkPrivacy(subject, metrics), ...replay.findings);
  return {
    ...emptyReport(bundle, { findings, chainRead: ledger !== null }),
    title: manifest.title,
    rounds: manifest.rounds,
    unchecked: options.replay === false ? ['mixes', 'altered-copies'] : [],
    notices: [
      ...logNotices,
      ...beginning.notices,
      ...noticeAbsences(subject),
      ...noticeUnsignedHeads(subject),
      ...replay.notices,
      ...noticeEchoes(subject),
    ],
    records: { ...countRecords(subject), mixesReplayed: replay.replayed },
    members: describeMembers(subject, { metrics, credit: await traceStudy(subject) }),
  };
}

/** What recipes and digests tell without repeating a mix: contributions mixed twice, and updates that are others' bit for bit. */
async function compareRecorded(subject: AuditSubject): Promise<ReplayReport> {
  return joinReports({ replayed: 0, findings: [], notices: [] }, [
    checkCopies(subject).report(),
    await checkTiming(subject),
  ]);
}

/** Repeats the mixes, and looks for copies among the updates that it comes to. */
async function replayAndCompare(subject: AuditSubject, { onProgress }: AuditOptions): Promise<ReplayReport> {
  const copyCheck = checkCopies(subject);
  const replay = await replayMixes(subject, { onProgress, onBase: copyCheck.see });
  return joinReports(replay, [copyCheck.report(), await checkTiming(subject)]);
}

function joinReports(
  { replayed, findings, notices }: ReplayReport,
  more: readonly Pick<ReplayReport, 'findings' | 'notices'>[],
): ReplayReport {
  return {
    replayed,
    findings: [...findings, ...more.flatMap((report) => report.findings)],
    notices: [...notices, ...more.flatMap((report) => report.notices)],
  };
}

/** Whether what a study goes on from is sound and clean, as far as the predecessor's bundle is there to tell. */
async function auditBeginning(
  manifest: Manifest,
  { predecessor, ...options }: AuditOptions,
): Promise<{ findings: Finding[]; notices: Notice[] }> {
  const { continues } = manifest;
  if (predecessor === undefined) {
    if (continues === null) return { findings: [], notices: [] };
    const message = `goes on from round ${continues.round} of study ${continues.study}; that this was clean takes the bundle of that study`;
    return { findings: [], notices: [{ message }] };
  }
  const findings = await checkPredecessor(manifest, predecessor);
  const [first, ...more] = (await auditStudy(predecessor, options)).findings;
  if (first !== undefined) {
    const message = `the study before has ${more.length + 1} findings of its own, the first of them ${first.code}; audit it by itself`;
    findings.push({ code: 'audit/continuation-wrong', message });
  }
  return { findings, notices: [] };
}

function emptyReport({ evidence }: Bundle, outcome: { findings: readonly Finding[]; chainRead: boolean }): AuditReport {
  return {
    study: evidence.study,
    title: '',
    chainId: evidence.chainId,
    contract: evidence.contract,
    rounds: 0,
    unchecked: ['records', 'mixes', 'altered-copies'],
    notices: [],
    records: { contributions: 0, closings: 0, anchored: 0, valuations: 0, mixesReplayed: 0 },
    members: [],
    ...outcome,
  };
}

function countRecords({ announcements, contributions, valuations }: AuditSubject): Omit<AuditCounts, 'mixesReplayed'> {
  const closings = [...announcements.values()].filter(({ record }) => isClosing(record)).length;
  return {
    contributions: announcements.size - closings,
    closings,
    anchored: [...contributions.values()].filter((record) => !isClosing(record)).length,
    valuations: valuations.length,
  };
}

interface MemberFigures {
  /** By `round/member`. */
  readonly metrics: ReadonlyMap<string, Metrics>;
  readonly credit: TracedCredit | null;
}

function describeMembers(subject: AuditSubject, { metrics, credit }: MemberFigures): AuditedMember[] {
  const { manifest, announcements, contributions } = subject;
  const reports = scoreReports(subject.log);
  const scores = studyScores(subject.log, reports);
  const ranks = studyRanks(subject.log, reports);
  const agreements = evaluatorAgreements(subject.log, reports);
  return participation(subject.log, manifest).map(({ participant, rounds: states }) => {
    const parts = states.map(({ part }) => part);
    const { account: address, accounts } = participant;
    const keysOf = (round: number): string[] => accounts.map((account) => keyOf(round, account));
    const training = parts.map((_, round) => keysOf(round));
    const rounds = [...training, keysOf(manifest.rounds)].flat();
    return {
      address,
      samples: Math.max(0, ...training.flat().map((key) => contributions.get(key)?.samples ?? 0)),
      scoreMicros: scores.total.get(address) ?? null,
      rank: ranks[participant.position] ?? null,
      tracedMicros: credit?.network[participant.position] ?? null,
      modelCredits: credit?.models[participant.position] ?? null,
      agreement: agreements[participant.position] ?? null,
      epsilonMicros: Math.max(0, ...rounds.map((key) => contributions.get(key)?.epsilonMicros ?? 0)),
      signed: training.filter((keys) => keys.some((key) => announcements.has(key))).length,
      expected: parts.filter(isExpectedPart).length,
      anchored: parts.filter((part) => part === 'contributed' || part === 'late').length,
      late: parts.filter((part) => part === 'late').length,
      parts,
      finalModel: contributions.get(keyOf(manifest.rounds, address))?.base ?? null,
      metrics: rounds.flatMap((key) => metrics.get(key) ?? []),
    };
  });
}
