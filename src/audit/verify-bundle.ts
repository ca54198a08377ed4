import { readBundleFile } from './bundle-file.ts';
import type { ByteSource } from './byte-source.ts';
import type { Finding } from './finding.ts';
import { type ContentVerification, verifyContents } from './verify-contents.ts';
import { type LedgerVerification, verifyLedger } from './verify-ledger.ts';

/** What a bundle shows by itself. */
export interface BundleVerification
  extends Omit<LedgerVerification, 'findings'>,
    Omit<ContentVerification, 'findings'> {
  readonly blocks: number;
  readonly bytes: number;
  readonly findings: readonly Finding[];
}

/** What is done one after the other: all blocks are hashed, log and signatures verified, updates held against their segments. */
export type VerificationStep = 'blocks' | 'ledger' | 'contents';

/** Told how much of a step is done: bytes, entries, contributions. */
export type VerificationProgress = (step: VerificationStep, done: number, total: number) => void;

/**
 * Verifies a bundle as a stream, from any source of bytes, without a chain and without repeating a mix: see `verifyLedger` and `verifyContents`.
 * @throws AuditError `audit/bundle-unreadable`
 */
export async function verifyBundle(source: ByteSource, onProgress: VerificationProgress): Promise<BundleVerification> {
  const file = await readBundleFile(source, (bytes) => onProgress('blocks', bytes, source.size));
  const ledger = await verifyLedger(file, (done, total) => onProgress('ledger', done, total));
  const contents = await verifyContents(file, ledger.participants, (done, total) =>
    onProgress('contents', done, total),
  );
  const findings = [...ledger.findings, ...contents.findings];
  return { ...ledger, ...contents, findings, blocks: file.scan.sections.length, bytes: source.size };
}
