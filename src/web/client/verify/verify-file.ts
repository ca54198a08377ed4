import { checkProof } from '../../../audit/check-proof.ts';
import { MAXIMUM_PROOF_BYTES } from '../../../audit/segment-proof.ts';
import { type VerificationProgress, verifyBundle } from '../../../audit/verify-bundle.ts';
import { isConsiliumError, messageOf } from '../../../base/errors.ts';
import { blobSource } from './blob-source.ts';
import { MAXIMUM_FINDINGS, type VerifierAnswer, type VerifierQuestion } from './verifier-message.ts';

const OPENING_BRACE = 0x7b;

/** Verifies a bundle, or a proof that was cut out of one; never throws. */
export async function verifyFile(
  question: VerifierQuestion,
  onProgress: VerificationProgress,
): Promise<VerifierAnswer> {
  try {
    const source = blobSource(question.file);
    const [first] = await source.read(0, 1);
    // A CAR file begins with the length of its header, which is shorter than this character's code.
    return first === OPENING_BRACE ? await verifyProof(question) : await verifyOutcome(question, onProgress);
  } catch (error) {
    if (isConsiliumError(error, 'audit/bundle-unreadable')) return { kind: 'unreadable', reason: error.message };
    return { kind: 'failed', reason: messageOf(error) };
  }
}

async function verifyOutcome({ file }: VerifierQuestion, onProgress: VerificationProgress): Promise<VerifierAnswer> {
  const { manifest, findings, ...verification } = await verifyBundle(blobSource(file), onProgress);
  const terms =
    manifest === null ? null : { title: manifest.title, rounds: manifest.rounds, segments: manifest.segments };
  const count = findings.length;
  return { kind: 'bundle', outcome: { ...verification, terms, findings: findings.slice(0, MAXIMUM_FINDINGS), count } };
}

async function verifyProof({ file, members }: VerifierQuestion): Promise<VerifierAnswer> {
  if (file.size > MAXIMUM_PROOF_BYTES) return { kind: 'unreadable', reason: 'longer than any proof' };
  const verdict = await checkProof(new Uint8Array(await file.arrayBuffer()), { ledger: null, members });
  if (!verdict.ok && verdict.code === 'proof/malformed') return { kind: 'unreadable', reason: verdict.reason };
  return { kind: 'proof', verdict };
}
