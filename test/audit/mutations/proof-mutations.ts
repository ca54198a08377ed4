import type { ProofRefusal } from '../../../src/audit/check-segment-proof.ts';
import { encodeSegmentProof, type SegmentProof } from '../../../src/audit/segment-proof.ts';
import type { SeededRandom } from '../../../src/base/seeded-random.ts';
import { checkpointDigest } from '../../../src/protocol/checkpoint.ts';
import { nextHead } from '../../../src/protocol/ledger-entry.ts';
import { contributionDigest, signDigest } from '../../../src/protocol/signature.ts';
import { DOMAIN, memberAccount, memberKey } from '../../builders.ts';
import { MEMBERS } from '../synthetic-study.ts';
import { type Mutation, type MutationKind, pick } from './case.ts';
import { edited, isSame, otherValue, rechained } from './forge.ts';
import { honestProof } from './honest-proof.ts';

/** Changes of the file that shows one segment of one contribution to somebody without the bundle. */

const SHAPE: readonly ProofRefusal[] = ['proof/malformed'];
/** What is wrong with a proof by itself, whoever is asked. */
const ITSELF: readonly ProofRefusal[] = [
  ...SHAPE,
  'proof/manifest-of-another-study',
  'proof/signature-wrong',
  'proof/segment-not-in-update',
  'proof/cosignature-wrong',
];
/** What is sound, and was never recorded: known members did not sign it, and the ledger has something else. */
const ANCHOR: readonly ProofRefusal[] = ['proof/not-anchored', 'proof/not-on-ledger', 'proof/history-rewritten'];

const isOffline = (random: SeededRandom): boolean => random.integer(2) === 0;

const bytesOf = (proof: SegmentProof): Buffer => Buffer.from(encodeSegmentProof(proof));

interface Change {
  readonly random: SeededRandom;
  readonly codes: readonly ProofRefusal[];
  readonly what: string;
}

const changed = (proof: Buffer, { random, codes, what }: Change): Mutation => ({
  proof,
  isOffline: isOffline(random),
  expected: [{ codes, place: {} }],
  what,
});

/** Null where the change comes to the same proof. */
const forged = (before: SegmentProof, after: SegmentProof, change: Change): Mutation | null =>
  isSame(before, after) ? null : changed(bytesOf(after), change);

export const flipProof: MutationKind = (base, random) => {
  const bytes = bytesOf(honestProof(base, random));
  const byte = random.integer(bytes.length);
  bytes[byte] = (bytes[byte] ?? 0) ^ (1 << random.integer(8));
  return changed(bytes, { random, codes: ITSELF, what: `a bit of byte ${byte} of a proof` });
};

export const resizeProof: MutationKind = (base, random) => {
  const bytes = bytesOf(honestProof(base, random));
  const at = random.integer(bytes.length);
  const shapes = [bytes.subarray(0, at), Buffer.concat([bytes, bytes.subarray(0, at + 1)]), bytes.subarray(at + 1)];
  return changed(pick(shapes, random), { random, codes: SHAPE, what: `a proof cut or longer, at byte ${at}` });
};

/** The same content in another spelling: it would have another digest, and still pass for the same proof. */
export const respellProof: MutationKind = (base, random) => {
  const proof = honestProof(base, random);
  const text = encodeSegmentProof(proof);
  const backwards = Object.fromEntries(Object.entries(JSON.parse(text) as object).toReversed());
  const spellings = [
    `${JSON.stringify(backwards)}\n`,
    `${JSON.stringify(JSON.parse(text), null, 1)}\n`,
    text.replace(/[a-f](?=[0-9])/, (letter) => letter.toUpperCase()),
    text.replace('{', `{"chainId":${proof.chainId},`),
    text.replace('{', '{"note":"",'),
    `\ufeff${text}`,
  ];
  return changed(Buffer.from(pick(spellings, random)), { random, codes: SHAPE, what: 'a proof spelled otherwise' });
};

export const editProof: MutationKind = (base, random) => {
  const proof = honestProof(base, random);
  const field = pick(['chainId', 'contract', 'signature', 'headBefore'] as const, random);
  const after = { ...proof, [field]: otherValue(proof[field], random) };
  return forged(proof, after, { random, codes: ITSELF, what: `${field} of a proof edited` });
};

export const editProofPart: MutationKind = (base, random) => {
  const proof = honestProof(base, random);
  const part = pick(['record', 'manifest', 'segment'] as const, random);
  const { record: value, field } = edited(proof[part], random);
  return forged(proof, { ...proof, [part]: value }, { random, codes: ITSELF, what: `${field} of its ${part} edited` });
};

/** A part of the proof of something else, as sound as it was there. */
export const swapProofPart: MutationKind = (base, random) => {
  const [proof, other] = [honestProof(base, random), honestProof(base, random)];
  const { record, signature, segment, headBefore, links, cosignatures } = other;
  // Another segment of the same contribution would make another true proof.
  if (isSame(record, proof.record)) return null;
  const parts: Partial<SegmentProof>[] = [
    { record, signature },
    { record },
    { signature },
    { segment },
    { headBefore },
    { links, cosignatures },
    { cosignatures },
  ];
  return forged(
    proof,
    { ...proof, ...pick(parts, random) },
    { random, codes: ITSELF, what: 'a part of another proof' },
  );
};

/** The way from the segment to the update has another shape. */
export const reshapeProofPath: MutationKind = (base, random) => {
  const proof = honestProof(base, random);
  const { index, digest, path } = proof.segment;
  const at = random.integer(path.length);
  const shapes: Partial<SegmentProof['segment']>[] = [
    { path: path.toSpliced(at, 1) },
    { path: path.toSpliced(at, 0, digest) },
    { path: [...path, proof.record.update] },
    { path: [], digest: proof.record.update },
    { path: path.toReversed() },
    { index: index + 1 + random.integer(600) },
    { index: Math.max(0, index - 1) },
    { digest: path[at] ?? digest, path: path.with(at, digest) },
  ];
  const segment = { ...proof.segment, ...pick(shapes, random) };
  return forged(proof, { ...proof, segment }, { random, codes: ITSELF, what: 'another way to the update' });
};

/** The way from the entry to the heads that members signed has another shape. */
export const reshapeProofLinks: MutationKind = (base, random) => {
  const proof = honestProof(base, random);
  const { links, cosignatures } = proof;
  if (links.length === 0) return null;
  const at = random.integer(links.length);
  const link = links[at] ?? { kind: 'contribution', hash: proof.headBefore };
  const signer = random.integer(cosignatures.length);
  const cosignature = cosignatures[signer];
  if (cosignature === undefined) return null;
  const shapes: Partial<SegmentProof>[] = [
    { links: links.toSpliced(at, 1) },
    { links: links.toSpliced(at, 0, link) },
    { links: links.with(at, { ...link, kind: link.kind === 'closed' ? 'joined' : 'closed' }) },
    { links: links.toReversed() },
    { links: [...links, link] },
    { cosignatures: [...cosignatures, cosignature] },
    { cosignatures: cosignatures.with(signer, edited(cosignature, random).record) },
  ];
  const codes = [...SHAPE, 'proof/cosignature-wrong'] as const;
  return forged(proof, { ...proof, ...pick(shapes, random) }, { random, codes, what: 'another way to a signed head' });
};

/** Too few are left for whoever goes by signatures; the ledger needs none. */
export const dropCosignature: MutationKind = (base, random) => {
  const proof = honestProof(base, random);
  const left = proof.cosignatures.toSpliced(random.integer(proof.cosignatures.length), 1);
  const links = proof.links.slice(0, Math.max(0, ...left.map((each) => each.links)));
  const change = { random, codes: ANCHOR, what: 'a co-signature left out' };
  return { ...changed(bytesOf({ ...proof, links, cosignatures: left }), change), isOffline: true };
};

/** Signed anew with keys that the forger has: record, and heads after it. */
function signedAnew(proof: SegmentProof, signer: number, cosigners: readonly number[]): SegmentProof {
  const record = { ...proof.record, member: memberAccount(signer), samples: proof.record.samples + 1 };
  const head = nextHead(proof.headBefore, { kind: 'contribution', record });
  const { study, round } = record;
  return {
    ...proof,
    record,
    signature: signDigest(memberKey(signer), contributionDigest(DOMAIN, record)),
    links: [],
    cosignatures: cosigners.map((n) => {
      const signature = signDigest(memberKey(n), checkpointDigest(DOMAIN, { study, round, head }));
      return { member: memberAccount(n), round, links: 0, signature };
    }),
  };
}

/** A member, with its own key and perhaps that of one other, shows a contribution that it never recorded. */
export const signUnrecorded: MutationKind = (base, random) => {
  const proof = honestProof(base, random);
  const signer = 1 + random.integer(MEMBERS);
  const cosigners = pick([[], [signer], [signer, 1 + (signer % MEMBERS)], [signer, 7, 8, 9]], random);
  const after = signedAnew(proof, signer, cosigners);
  return changed(bytesOf(after), { random, codes: ANCHOR, what: 'a contribution that was never recorded' });
};

/** The same by accounts that are none of the study's. */
export const signByStrangers: MutationKind = (base, random) => {
  const after = signedAnew(honestProof(base, random), 7 + random.integer(3), [7, 8, 9]);
  return changed(bytesOf(after), { random, codes: ANCHOR, what: "a contribution of somebody else's" });
};

/** The proof is true, and the ledger was rewritten at its entry or before. */
export const rewriteLedgerUnderProof: MutationKind = (base, random) => {
  const proof = honestProof(base, random);
  const { evidence } = base.study;
  const entry = evidence.log.findIndex(
    ({ kind, record }) =>
      kind === 'contribution' && record.member === proof.record.member && record.round === proof.record.round,
  );
  const at = random.integer(entry + 1);
  const victim = evidence.log[at];
  if (victim?.kind !== 'contribution') return null;
  const record = { ...victim.record, samples: victim.record.samples + 1 };
  const { log } = rechained({ ...evidence, log: evidence.log.with(at, { ...victim, record }) });
  const change = { random, codes: ANCHOR, what: `a ledger rewritten at entry ${at}` };
  return { ...changed(bytesOf(proof), change), isOffline: false, log };
};
