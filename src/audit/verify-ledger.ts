import type { Hex } from '../base/bytes.ts';
import { checkpointDigest } from '../protocol/checkpoint.ts';
import { type Contribution, hashContribution } from '../protocol/contribution.ts';
import type { LedgerDomain } from '../protocol/domain.ts';
import { headCount } from '../protocol/head-word.ts';
import { initialHead } from '../protocol/ledger-entry.ts';
import { createSignatureChecker } from '../protocol/signature-checker.ts';
import { typedDigest } from '../protocol/typed-struct.ts';
import { type AnnouncementCursor, createAnnouncementCursor } from './announcement-cursor.ts';
import type { BundleFile } from './bundle-file.ts';
import type { Finding, FindingCode, Place } from './finding.ts';
import { createHeads } from './heads.ts';
import { createLogWalk } from './walk-log.ts';

/** What the ledger part of a bundle was found to be. */
export interface LedgerVerification {
  readonly study: Hex;
  readonly chainId: number;
  readonly contract: Hex;
  readonly entries: number;
  /** Signatures that were checked: of contributions and of co-signed heads. */
  readonly signatures: number;
  /** Head after the last entry. */
  readonly head: Hex;
  readonly findings: readonly Finding[];
}

/**
 * Verifies the ledger part of a bundle as a stream, without a chain: sequence and heads of the log, one record a member and round,
 * commitments of scores, the signature of every contribution and of every head that a member signed. Memory: one chunk of records,
 * 32 bytes an entry and some megabytes for the members' keys.
 * @param onProgress told after each thousand entries how many they are, of how many
 */
export async function verifyLedger(
  file: BundleFile,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<LedgerVerification> {
  const { chainId, contract, study } = file.root;
  const findings: Finding[] = [];
  const report = (code: FindingCode, message: string, place: Place): void =>
    void findings.push({ code, ...place, message });
  const onFault = (fault: Finding): void => void findings.push(fault);
  const signatures = createRecordChecks({ chainId, contract }, report);
  const heads = createHeads();
  heads.add(initialHead({ chainId, contract }, study));
  const walk = createLogWalk({ chainId, contract, study }, report);
  const cursor = createAnnouncementCursor(file.items('announcements', onFault));
  const total = file.root.log.reduce((sum, { items }) => sum + items, 0);
  let entries = 0;
  for await (const entry of file.items('log', onFault)) {
    const { hash } = walk.step(entry);
    heads.add(entry.head);
    if (entry.kind === 'contribution') await signatures.contribution(cursor, entry.record, hash);
    if (entry.kind === 'checkpointed') {
      const { signedHead, round } = entry.record;
      checkHead(heads.at(headCount(signedHead)), signedHead, (message, place) =>
        report('audit/history-rewritten', message, { ...place, round }),
      );
    }
    entries += 1;
    if (entries % 1000 === 0 || entries === total) onProgress(entries, total);
  }
  for await (const { record } of cursor.rest()) {
    const { member, round } = record;
    if (walk.mayBeUnfinished(member, round)) continue;
    report('audit/record-not-anchored', 'a signed contribution that is not in the log', { member, round });
  }
  for await (const { record, member, signature } of file.items('checkpoints', onFault)) {
    const place = { member, round: record.round };
    if (!signatures.check(member, checkpointDigest({ chainId, contract }, record), signature)) {
      report('audit/signature-wrong', 'the signature of a checkpoint is not that of the member', place);
    } else {
      checkHead(heads.at(headCount(record.head)), record.head, (message, at) =>
        report('audit/history-rewritten', message, { ...at, ...place }),
      );
    }
  }
  const head = heads.at(entries) ?? initialHead({ chainId, contract }, study);
  return { study, chainId, contract, entries, signatures: signatures.count(), head, findings };
}

function checkHead(found: Hex | null, signed: Hex, onWrong: (message: string, place: Place) => void): void {
  if (found === signed) return;
  const sequence = headCount(signed) - 1;
  onWrong(`a head was signed after entry ${sequence} that the log does not have: one of the two was rewritten`, {
    sequence,
  });
}

/** The signed records behind the log: there, the same, and by their members. */
function createRecordChecks(domain: LedgerDomain, report: (code: FindingCode, message: string, place: Place) => void) {
  const check = createSignatureChecker();
  let count = 0;
  const counted: typeof check = (...question) => {
    count += 1;
    return check(...question);
  };
  return {
    count: () => count,
    check: counted,
    contribution: async (cursor: AnnouncementCursor, { member, round }: Contribution, hash: Hex | null) => {
      const announcement = await cursor.take(round, member);
      if (announcement === null) {
        report('audit/record-missing', 'the signed record is not in the bundle, or not near its place', {
          member,
          round,
        });
        return;
      }
      const signed = hashContribution(announcement.record);
      if (signed !== hash)
        report('audit/record-missing', 'the bundle has another record than the ledger', { member, round });
      if (!counted(member, typedDigest(domain, signed), announcement.signature)) {
        report('audit/signature-wrong', 'the signature is not that of the member', { member, round });
      }
    },
  };
}
