import { beforeAll, describe, expect, test } from 'vitest';
import { checkProofOnLedger } from '../../src/audit/check-proof-on-ledger.ts';
import { checkCosigners, checkSegmentProof, type SegmentClaim } from '../../src/audit/check-segment-proof.ts';
import type { Evidence } from '../../src/audit/evidence.ts';
import { proveSegment, type SegmentPlace } from '../../src/audit/prove-segment.ts';
import type { Bundle } from '../../src/audit/read-bundle.ts';
import { decodeSegmentProof, encodeSegmentProof, type SegmentProof } from '../../src/audit/segment-proof.ts';
import { type Hex, sha256, toHex } from '../../src/base/bytes.ts';
import { createSeededRandom } from '../../src/base/seeded-random.ts';
import type { LedgerReader } from '../../src/ledger/ledger.ts';
import { checkpointHead } from '../../src/peer/co-sign.ts';
import { checkpointDigest } from '../../src/protocol/checkpoint.ts';
import { type LedgerEntry, nextHead } from '../../src/protocol/ledger-entry.ts';
import { contributionDigest, signDigest } from '../../src/protocol/signature.ts';
import { DOMAIN, digest, memberAccount, memberKey } from '../builders.ts';
import { MEMBERS, ROUNDS, type SyntheticStudy, syntheticStudy } from './synthetic-study.ts';

const PLACE: SegmentPlace = { member: memberAccount(2), round: 1, segment: 2 };
const ACCOUNTS = Array.from({ length: MEMBERS }, (_, i) => memberAccount(i + 1));

let study: SyntheticStudy;
let evidence: Evidence;
beforeAll(async () => {
  study = await syntheticStudy();
  evidence = { ...study.evidence, checkpoints: cosign(study.evidence, [1, 2, 3]) };
});

/** What these members sign after each round, as peers do. */
function cosign({ study: name, log }: Evidence, members: readonly number[]): Evidence['checkpoints'] {
  return Array.from({ length: ROUNDS }, (_, round) => {
    const record = { study: name, round, head: checkpointHead(log, round) as Hex };
    return members.map((n) => ({
      record,
      member: memberAccount(n),
      signature: signDigest(memberKey(n), checkpointDigest(DOMAIN, record)),
    }));
  }).flat();
}

const bundle = (changed: Partial<Evidence> = {}): Bundle =>
  ({ evidence: { ...evidence, ...changed }, manifest: study.manifest }) as unknown as Bundle;

function claimOf(text: string): SegmentClaim {
  const verdict = checkSegmentProof(text);
  if (!verdict.ok) throw new Error(verdict.code);
  return verdict.claim;
}

const changed = (change: (proof: SegmentProof) => SegmentProof, text = proveSegment(bundle(), PLACE)): string =>
  encodeSegmentProof(change(decodeSegmentProof(text) as SegmentProof));

describe('a proof of one segment', () => {
  test('says whose it is, where it stands and what its bytes are, for every segment of every contribution', async () => {
    for (const { record, segments } of evidence.announcements.filter(({ segments: s }) => s.length > 0)) {
      for (const [segment, name] of segments.entries()) {
        const { member, round } = record;
        const claim = claimOf(proveSegment(bundle(), { member, round, segment }));
        expect(claim).toMatchObject({ member, round, segment, segments: segments.length, digest: name });
        expect(toHex(sha256(study.blobs.get(claim.digest) ?? new Uint8Array()))).toBe(name);
        expect(evidence.log[claim.sequence]).toMatchObject({ kind: 'contribution', record: { member, round } });
        expect((await checkProofOnLedger(claim, study.ledger)).ok).toBe(true);
      }
    }
  });

  test('takes the nearest head that two thirds of the members signed, and no more signatures than that', () => {
    const { cosigned, sequence } = claimOf(proveSegment(bundle(), PLACE));
    const counts = evidence.checkpoints.map(({ record }) => Number.parseInt(record.head.slice(-8), 16));
    expect(cosigned?.count).toBe(Math.min(...counts.filter((count) => count > sequence)));
    expect(cosigned?.signers).toHaveLength(3);
  });

  test('is small', () => {
    const text = proveSegment(bundle(), PLACE);
    const links = decodeSegmentProof(text)?.checkpoint?.links.length ?? 0;
    expect(text.length).toBeLessThan(3_500 + 100 * links);
  });

  test('is refused with any byte changed: each to another one, and two thousand more', () => {
    const bytes = Buffer.from(proveSegment(bundle(), PLACE));
    const random = createSeededRandom('flips');
    const accepted: number[] = [];
    for (let flip = 0; flip < bytes.length + 2_000; flip++) {
      const place = flip < bytes.length ? flip : random.integer(bytes.length);
      const mutated = Buffer.from(bytes);
      mutated[place] = (bytes[place] ?? 0) ^ (1 + random.integer(255));
      if (checkSegmentProof(mutated.toString('utf8')).ok) accepted.push(place);
    }
    expect(accepted).toEqual([]);
    expect(checkSegmentProof(bytes.toString('utf8')).ok).toBe(true);
  });

  test('is refused with another letter case, a space, a key twice, or cut short', () => {
    const text = proveSegment(bundle(), PLACE);
    const spellings = [
      text.replace(/[a-f](?=[0-9])/, (letter) => letter.toUpperCase()),
      text.replace('":', '": '),
      text.replace('{"type"', '{"type":"consilium/segment-proof/1","type"'),
      text.trimEnd(),
      `${text}\n`,
      JSON.stringify(JSON.parse(text), null, 2),
    ];
    for (const spelling of spellings) expect(checkSegmentProof(spelling)).toMatchObject({ code: 'proof/malformed' });
  });

  const forgeries: [string, string, (proof: SegmentProof) => SegmentProof][] = [
    [
      'another index of a tree with fewer leaves',
      'proof/manifest-of-another-study',
      (proof) => ({ ...proof, manifest: { ...proof.manifest, segments: 2 }, segment: { ...proof.segment, index: 1 } }),
    ],
    [
      'a segment that is not in the update',
      'proof/segment-not-in-update',
      (proof) => ({ ...proof, segment: { ...proof.segment, digest: digest('another') } }),
    ],
    [
      'a record that its member did not sign',
      'proof/signature-wrong',
      (proof) => ({ ...proof, record: { ...proof.record, samples: 1_000 } }),
    ],
    ['another chain', 'proof/signature-wrong', (proof) => ({ ...proof, chainId: 1 })],
    [
      'another place in the log',
      'proof/cosignature-wrong',
      (proof) => ({ ...proof, headBefore: evidence.log[1]?.head ?? '0x' }),
    ],
    [
      'an entry left out on the way to the signed head',
      'proof/cosignature-wrong',
      ({ checkpoint, ...proof }) => ({
        ...proof,
        checkpoint: checkpoint && { ...checkpoint, links: checkpoint.links.slice(1) },
      }),
    ],
    [
      'one co-signature twice',
      'proof/cosignature-wrong',
      ({ checkpoint, ...proof }) => ({
        ...proof,
        checkpoint: checkpoint && { ...checkpoint, signatures: checkpoint.signatures.flatMap((s) => [s, s]) },
      }),
    ],
  ];
  test.each(forgeries)('is refused with %s', (_, code, change) => {
    expect(checkSegmentProof(changed(change))).toMatchObject({ ok: false, code });
  });

  test.each([
    ['a member that did not contribute', { ...PLACE, member: memberAccount(9) }],
    ['a round that was not', { ...PLACE, round: 9 }],
    ['a segment that is not', { ...PLACE, segment: 3 }],
    ['the closing record, which has no segments', { ...PLACE, round: ROUNDS, segment: 0 }],
  ])('is not made for %s', (_, place) => {
    expect(() => proveSegment(bundle(), place)).toThrow(expect.objectContaining({ code: 'audit/nothing-to-prove' }));
  });

  test('is not made of a contribution that was never anchored', () => {
    const log = evidence.log.filter(
      (entry) => entry.kind !== 'contribution' || entry.record.member !== PLACE.member || entry.record.round === 0,
    );
    expect(() => proveSegment(bundle({ log }), PLACE)).toThrow(
      expect.objectContaining({ code: 'audit/nothing-to-prove' }),
    );
  });
});

describe('who stands for it', () => {
  test('are members that the reader knows, two thirds of them at least', () => {
    const claim = claimOf(proveSegment(bundle(), PLACE));
    expect(checkCosigners(claim, ACCOUNTS).ok).toBe(true);
    const strangers = [...ACCOUNTS, memberAccount(8), memberAccount(9)];
    for (const known of [strangers, [memberAccount(1)], []]) {
      expect(checkCosigners(claim, known)).toMatchObject({ code: 'proof/not-anchored' });
    }
  });

  test('is nobody where nobody signed a later head; then only the ledger can tell', async () => {
    const claim = claimOf(proveSegment(bundle({ checkpoints: [] }), PLACE));
    expect(checkCosigners(claim, null)).toMatchObject({ code: 'proof/not-anchored' });
    expect((await checkProofOnLedger(claim, study.ledger)).ok).toBe(true);
  });

  test('are no accounts that never joined: a bundle’s signatures by others are left out', () => {
    const claim = claimOf(proveSegment(bundle({ checkpoints: cosign(evidence, [7, 8, 9]) }), PLACE));
    expect(claim.cosigned).toBeNull();
  });
});

/** The ledger with one entry changed, and all heads after it made anew: what whoever owns a chain could write. */
async function rewritten(change: (entry: LedgerEntry) => LedgerEntry, length = Infinity): Promise<LedgerReader> {
  const state = await study.ledger.study(evidence.study);
  const log: LedgerEntry[] = [];
  for (const entry of evidence.log.slice(0, length)) {
    const before = log.at(-1)?.head;
    const content = change(entry);
    log.push({ ...content, head: before === undefined ? entry.head : nextHead(before, content) });
  }
  const head = log.at(-1)?.head ?? '0x';
  return {
    ...study.ledger,
    study: async () => (state === null ? null : { ...state, head, length: log.length }),
    entries: async (_, from) => log.slice(from),
  };
}

const inRound =
  (round: number, samples: number) =>
  (entry: LedgerEntry): LedgerEntry =>
    entry.kind === 'contribution' && entry.record.round === round && entry.record.member === memberAccount(1)
      ? { ...entry, record: { ...entry.record, samples } }
      : entry;

describe('the ledger', () => {
  test('that was rewritten before or at the entry is shown to be, by what members signed', async () => {
    const claim = claimOf(proveSegment(bundle(), PLACE));
    for (const round of [0, 1]) {
      const ledger = await rewritten(inRound(round, 99));
      expect(await checkProofOnLedger(claim, ledger)).toMatchObject({ code: 'proof/history-rewritten' });
    }
    // A change after the signed head is none of this proof's business.
    expect((await checkProofOnLedger(claim, await rewritten(inRound(2, 99)))).ok).toBe(true);
  });

  test('that lacks the entry, or whose node tells of other events, shows nothing', async () => {
    const claim = claimOf(proveSegment(bundle(), PLACE));
    const short = await rewritten((entry) => entry, claim.sequence);
    const lying = { ...study.ledger, entries: async () => evidence.log.slice(0, -1) };
    const empty = { ...study.ledger, study: async () => null };
    for (const ledger of [short, lying, empty]) {
      expect(await checkProofOnLedger(claim, ledger)).toMatchObject({ code: 'proof/not-on-ledger' });
    }
    const other = { ...study.ledger, domain: { ...DOMAIN, chainId: 1 } };
    expect(await checkProofOnLedger(claim, other)).toMatchObject({ code: 'proof/other-ledger' });
  });

  test('is not accused by signatures of strangers', async () => {
    const forged = changed((proof) => {
      const record = { ...proof.record, member: memberAccount(9), samples: 77 };
      const head = nextHead(proof.headBefore, { kind: 'contribution', record });
      const checkpoint = { study: record.study, round: 1, head };
      return {
        ...proof,
        record,
        signature: signDigest(memberKey(9), contributionDigest(DOMAIN, record)),
        checkpoint: {
          round: 1,
          links: [],
          signatures: [8, 9].map((n) => ({
            member: memberAccount(n),
            signature: signDigest(memberKey(n), checkpointDigest(DOMAIN, checkpoint)),
          })),
        },
      };
    });
    const claim = claimOf(forged);
    expect(await checkProofOnLedger(claim, study.ledger)).toMatchObject({ code: 'proof/not-on-ledger' });
    expect(checkCosigners(claim, ACCOUNTS)).toMatchObject({ code: 'proof/not-anchored' });
  });
});
