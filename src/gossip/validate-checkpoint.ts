import { checkpointDigest, decodeCheckpoint, hashCheckpoint, type SignedCheckpoint } from '../protocol/checkpoint.ts';
import { recoverSigner } from '../protocol/signature.ts';
import type { StudyContext } from './study-context.ts';
import { ACCEPT, ignore, reject, type Verdict } from './verdict.ts';

/** Largest checkpoint: a record, an account and a signature in hexadecimal. */
export const MAXIMUM_CHECKPOINT_BYTES = 1024;

/** Judges a member's checkpoint: size, form, study, then what is known already, then signature. */
export function validateCheckpoint(
  bytes: Uint8Array,
  context: StudyContext,
): { verdict: Verdict; checkpoint?: SignedCheckpoint } {
  // [REJECT] K1: at most 1 KiB.
  if (bytes.length > MAXIMUM_CHECKPOINT_BYTES) return { verdict: reject('K1', 'too large') };
  // [REJECT] K2: one canonical DAG-CBOR checkpoint.
  let checkpoint: SignedCheckpoint;
  try {
    checkpoint = decodeCheckpoint(bytes);
  } catch {
    return { verdict: reject('K2', 'not a checkpoint') };
  }
  const verdict = judge(checkpoint, context);
  return verdict.action === 'accept' ? { verdict, checkpoint } : { verdict };
}

function judge({ record, member, signature }: SignedCheckpoint, context: StudyContext): Verdict {
  // [REJECT] K3: for this study and one of its rounds, the closing one included.
  if (record.study !== context.study) return reject('K3', 'another study');
  if (record.round > context.rounds) return reject('K3', 'round past the end');
  // [IGNORE] K4: from a participant as far as this peer has read the ledger.
  if (!context.isParticipant(member)) return ignore('K4', 'not a participant');
  // [IGNORE] K5: not known yet.
  const known = context.knownCheckpoint(member, record.round);
  if (known === hashCheckpoint(record)) return ignore('K5', 'known already');
  // [REJECT] K6: signed by the member that it names.
  if (recoverSigner(checkpointDigest(context.domain, record), signature) !== member) {
    return reject('K6', 'signature of somebody else');
  }
  // [IGNORE] K7: the first of a member for a round; after a reorganisation of the chain an honest member may have seen two.
  if (known !== undefined) return ignore('K7', 'another one is known');
  return ACCEPT;
}
