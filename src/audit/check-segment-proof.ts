import { fromHex, type Hex } from '../base/bytes.ts';
import { checkpointDigest } from '../protocol/checkpoint.ts';
import type { LedgerDomain } from '../protocol/domain.ts';
import { headCount } from '../protocol/head-word.ts';
import { linkedHead, nextHead } from '../protocol/ledger-entry.ts';
import { studyOf } from '../protocol/manifest.ts';
import { verifyMerkleProof } from '../protocol/merkle.ts';
import { contributionDigest, recoverSigner } from '../protocol/signature.ts';
import { decodeSegmentProof, type SegmentProof } from './segment-proof.ts';

/** Why a proof shows nothing; each is a rule of docs/PROTOCOL.md, section 11. */
export type ProofRefusal =
  | 'proof/malformed'
  | 'proof/manifest-of-another-study'
  | 'proof/signature-wrong'
  | 'proof/segment-not-in-update'
  | 'proof/cosignature-wrong'
  | 'proof/not-anchored'
  | 'proof/other-ledger'
  | 'proof/not-on-ledger'
  | 'proof/history-rewritten';

export type ProofVerdict =
  | { readonly ok: true; readonly claim: SegmentClaim }
  | { readonly ok: false; readonly code: ProofRefusal; readonly reason: string };

/** What a sound proof shows. */
export interface SegmentClaim {
  readonly domain: LedgerDomain;
  readonly study: Hex;
  readonly title: string;
  readonly member: Hex;
  readonly round: number;
  /** Which segment of how many, and the SHA-256 of its bytes. */
  readonly segment: number;
  readonly segments: number;
  readonly digest: Hex;
  /** Place of the contribution in the study's log, from 0, and the head after it. */
  readonly sequence: number;
  readonly head: Hex;
  /** Later heads that members signed, one a member. */
  readonly cosigned: readonly CosignedHead[];
}

export interface CosignedHead {
  readonly member: Hex;
  readonly head: Hex;
  /** How many entries lead to it. */
  readonly count: number;
}

export const refused = (code: ProofRefusal, reason: string): ProofVerdict => ({ ok: false, code, reason });

/**
 * What a proof shows by itself: no model, no bundle, no network. That its signers are members of the study is for the reader to know, or
 * for {@link checkProofOnLedger} to find out.
 * @param text the file's content
 */
export function checkSegmentProof(text: string): ProofVerdict {
  const proof = decodeSegmentProof(text);
  if (proof === null) return refused('proof/malformed', 'no segment proof, or not in its one spelling');
  const { manifest, record, segment, signature } = proof;
  const domain = { chainId: proof.chainId, contract: proof.contract };
  const study = studyOf(manifest);
  if (study !== record.study) {
    return refused('proof/manifest-of-another-study', `the manifest is that of study ${study}, not ${record.study}`);
  }
  const claim = { leaf: fromHex(segment.digest), index: segment.index, leaves: manifest.segments };
  if (!verifyMerkleProof({ ...claim, root: fromHex(record.update) }, segment.path.map(fromHex))) {
    return refused('proof/segment-not-in-update', `it is not segment ${segment.index} under the update of the record`);
  }
  if (recoverSigner(contributionDigest(domain, record), signature) !== record.member) {
    return refused('proof/signature-wrong', `the record is not signed by ${record.member} for this ledger`);
  }
  const head = nextHead(proof.headBefore, { kind: 'contribution', record });
  const cosigned = cosignedHeads(domain, proof, head);
  if (cosigned === null) {
    return refused('proof/cosignature-wrong', 'a co-signature is not of its member, of another head, or there twice');
  }
  const { member, round } = record;
  const place = { segment: segment.index, segments: manifest.segments, digest: segment.digest };
  const entry = { sequence: headCount(proof.headBefore), head, cosigned };
  return { ok: true, claim: { domain, study, title: manifest.title, member, round, ...place, ...entry } };
}

/** @returns null if a signature is wrong, a member signs twice, or an entry comes after all signed heads */
function cosignedHeads(
  domain: LedgerDomain,
  { links, cosignatures, record: { study } }: SegmentProof,
  after: Hex,
): CosignedHead[] | null {
  const heads = [after];
  for (const link of links) heads.push(linkedHead(heads.at(-1) ?? after, link));
  const reached = Math.max(0, ...cosignatures.map((each) => each.links));
  if (reached !== links.length || new Set(cosignatures.map(({ member }) => member)).size < cosignatures.length)
    return null;
  const cosigned = cosignatures.flatMap(({ member, round, links: place, signature }) => {
    const head = heads[place] ?? after;
    const isSound = recoverSigner(checkpointDigest(domain, { study, round, head }), signature) === member;
    return isSound ? { member, head, count: headCount(head) } : [];
  });
  return cosigned.length === cosignatures.length ? cosigned : null;
}

/**
 * Offline: at least two thirds of the accounts that the reader knows to be the study's members must have signed a head after the entry.
 * @param members accounts that the reader knows; null where it trusts whoever signed
 */
export function checkCosigners(claim: SegmentClaim, members: readonly Hex[] | null): ProofVerdict {
  const signers = claim.cosigned.map(({ member }) => member);
  if (signers.length === 0) {
    return refused('proof/not-anchored', 'no member signed a head after this entry; ask the ledger with --rpc');
  }
  if (members === null) return { ok: true, claim };
  if (!members.includes(claim.member)) {
    return refused('proof/not-anchored', `${claim.member} is none of the members that you know`);
  }
  const known = signers.filter((signer) => members.includes(signer)).length;
  const needed = Math.ceil((2 / 3) * new Set(members).size);
  if (known >= needed) return { ok: true, claim };
  return refused('proof/not-anchored', `${known} of the members that you know signed it; ${needed} are needed`);
}
