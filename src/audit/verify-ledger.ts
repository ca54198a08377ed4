import type { Hex } from '../base/bytes.ts';
import { checkpointDigest } from '../protocol/checkpoint.ts';
import { type Contribution, hashContribution } from '../protocol/contribution.ts';
import { headCount } from '../protocol/head-word.ts';
import { initialHead } from '../protocol/ledger-entry.ts';
import { typedDigest } from '../protocol/typed-struct.ts';
import { type AnnouncementCursor, createAnnouncementCursor } from './announcement-cursor.ts';
import type { BundleFile } from './bundle-file.ts';
import type { Finding, FindingCode, Place } from './finding.ts';
import { createHeads, type Heads } from './heads.ts';
import { createSignatureQueue, type SignatureQueue } from './signature-queue.ts';
import { createLogWalk, type LogWalk } from './walk-log.ts';

/** What the ledger part of a bundle was found to be. */
export interface LedgerVerification {
  readonly study: Hex;
  readonly chainId: number;
  readonly contract: Hex;
  readonly entries: number;
  /** Accounts that joined, in the order in which they did. */
  readonly participants: readonly Hex[];
  /** Signatures that were checked: of contributions and of heads that members signed. */
  readonly signatures: number;
  /** Head after the last entry. */
  readonly head: Hex;
  readonly findings: readonly Finding[];
}

interface Verification {
  readonly file: BundleFile;
  readonly report: (code: FindingCode, message: string, place: Place) => void;
  readonly onFault: (fault: Finding) => void;
  readonly signatures: SignatureQueue;
  readonly heads: Heads;
  readonly walk: LogWalk;
}

/**
 * Verifies the ledger part of a bundle as a stream, without a chain: sequence and heads of the log, one record a member and round,
 * no member that signed two, commitments of scores, the signature of every contribution and of every head that a member signed. Memory: one chunk of records,
 * 32 bytes an entry and a megabyte a member.
 * @param onProgress told after each thousand entries how many they are, of how many
 */
export async function verifyLedger(
  file: BundleFile,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<LedgerVerification> {
  const { chainId, contract, study } = file.root;
  const findings: Finding[] = [];
  const report: Verification['report'] = (code, message, place) => void findings.push({ code, ...place, message });
  const heads = createHeads();
  const parts: Verification = {
    file,
    report,
    onFault: (fault) => void findings.push(fault),
    signatures: createSignatureQueue(),
    heads,
    walk: createLogWalk({ chainId, contract, study }, report),
  };
  heads.add(initialHead({ chainId, contract }, study));
  const entries = await verifyLog(parts, onProgress);
  await verifyCheckpoints(parts);
  const signatures = parts.signatures.end();
  const head = heads.at(entries) ?? initialHead({ chainId, contract }, study);
  return { study, chainId, contract, entries, participants: parts.walk.participants(), signatures, head, findings };
}

async function verifyLog(parts: Verification, onProgress: (done: number, total: number) => void): Promise<number> {
  const { file, heads, walk, report, onFault } = parts;
  const cursor = createAnnouncementCursor(file.items('announcements', onFault));
  const total = file.root.log.reduce((sum, { items }) => sum + items, 0);
  let entries = 0;
  for await (const entry of file.items('log', onFault)) {
    const { hash } = walk.step(entry);
    heads.add(entry.head);
    if (entry.kind === 'contribution') await verifyContribution(parts, cursor, { record: entry.record, hash });
    if (entry.kind === 'checkpointed') checkHead(parts, entry.record.signedHead, { round: entry.record.round });
    entries += 1;
    if (entries % 1000 === 0 || entries === total) onProgress(entries, total);
  }
  for await (const { record } of cursor.rest()) {
    const { member, round } = record;
    if (walk.mayBeUnfinished(member, round)) continue;
    report('audit/record-not-anchored', 'a signed contribution that is not in the log', { member, round });
  }
  return entries;
}

/** The signed record behind an entry: there, the same, and by its member. */
async function verifyContribution(
  { file, signatures, report }: Verification,
  cursor: AnnouncementCursor,
  { record, hash }: { readonly record: Contribution; readonly hash: Hex | null },
): Promise<void> {
  const { member, round } = record;
  const place = { member, round };
  const announcement = await cursor.take(round, member);
  if (announcement === null) {
    report('audit/record-missing', 'the signed record is not in the bundle, or not near its place', place);
    return;
  }
  const signed = hashContribution(announcement.record);
  if (signed !== hash) report('audit/record-missing', 'the bundle has another record than the ledger', place);
  const question = { account: member, digest: typedDigest(file.root, signed), signature: announcement.signature };
  signatures.add(question, () => report('audit/signature-wrong', 'the signature is not that of the member', place));
}

async function verifyCheckpoints(parts: Verification): Promise<void> {
  const { file, signatures, walk, report, onFault } = parts;
  for await (const { record, member, signature } of file.items('checkpoints', onFault)) {
    const place = { member, round: record.round };
    if (record.study !== file.root.study || !walk.isParticipant(member)) {
      report('audit/signature-wrong', 'a checkpoint of another study, or of an account that never joined', place);
      continue;
    }
    const question = { account: member, digest: checkpointDigest(file.root, record), signature };
    signatures.add(question, () =>
      report('audit/signature-wrong', 'the signature of a checkpoint is not that of the member', place),
    );
    checkHead(parts, record.head, place);
  }
}

function checkHead({ heads, report }: Verification, signed: Hex, place: Place): void {
  if (heads.at(headCount(signed)) === signed) return;
  const sequence = headCount(signed) - 1;
  const message = `a head was signed after entry ${sequence} that the log does not have: one of the two was rewritten`;
  report('audit/history-rewritten', message, { ...place, sequence });
}
