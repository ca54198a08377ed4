import { beforeAll, describe, expect, test } from 'vitest';
import { checkProofOnLedger } from '../../src/audit/check-proof-on-ledger.ts';
import { checkCosigners, checkSegmentProof, type SegmentClaim } from '../../src/audit/check-segment-proof.ts';
import type { Evidence } from '../../src/audit/evidence.ts';
import { proveSegment, type SegmentPlace } from '../../src/audit/prove-segment.ts';
import type { Bundle } from '../../src/audit/read-bundle.ts';
import { decodeSegmentProof, encodeSegmentProof, type SegmentProof } from '../../src/audit/segment-proof.ts';
import { sha256, toHex } from '../../src/base/bytes.ts';
import { createSeededRandom } from '../../src/base/seeded-random.ts';
import type { LedgerReader } from '../../src/ledger/ledger.ts';
import { type LedgerEntry, nextHead } from '../../src/protocol/ledger-entry.ts';
import { contributionDigest, signDigest } from '../../src/protocol/signature.ts';
import { DOMAIN, digest, memberAccount, memberKey } from '../builders.ts';
import { cosign, otherSamples, rewriteLog, signHead } from './rewrite-log.ts';
import { MEMBERS, ROUNDS, type SyntheticStudy, syntheticStudy } from './synthetic-study.ts';

const PLACE: SegmentPlace = { member: memberAccount(2), round: 1, segment: 2 };
const ACCOUNTS = Array.from({ length: MEMBERS }, (_, i) => memberAccount(i + 1));

let study: SyntheticStudy;
let evidence: Evidence;
beforeAll(async () => {
  study = await syntheticStudy();
  evidence = { ...study.evidence, checkpoints: cosigned([1, 2, 3]) };
});

const cosigned = (members: readonly number[]): Evidence['checkpoints'] =>
  [0, 1, 2].flatMap((round) => cosign(study.evidence.study, study.evidence.log, round, members));

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
    const next = Math.min(...counts.filter((count) => count > sequence));
    expect(cosigned.map(({ member, count }) => [member, count])).toEqual(
      [1, 2, 3].map((n) => [memberAccount(n), next]),
    );
  });

  test('is small', () => {
    const text = proveSegment(bundle(), PLACE);
    const links = decodeSegmentProof(text)?.links.length ?? 0;
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
      (proof) => ({ ...proof, links: proof.links.slice(1) }),
    ],
    [
      'one co-signature twice',
      'proof/cosignature-wrong',
      (proof) => ({ ...proof, cosignatures: proof.cosignatures.flatMap((each) => [each, each]) }),
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

  test('are members that signed different heads too, as those do that leave one after the other', async () => {
    const { log, study: name } = evidence;
    const last = [6, 8, 9].map((n) => evidence.log.length - n);
    const checkpoints = [1, 2, 3].map((n, i) =>
      signHead(n, { study: name, round: ROUNDS, head: log[last[i] ?? 0]?.head ?? '0x' }),
    );
    const place = { ...PLACE, round: ROUNDS - 1 };
    const claim = claimOf(proveSegment(bundle({ checkpoints }), place));
    expect(claim.cosigned.map(({ member }) => member)).toEqual([3, 2, 1].map(memberAccount));
    expect(claim.cosigned.map(({ count }) => count - 1)).toEqual(last.toSorted((a, b) => a - b));
    expect(checkCosigners(claim, ACCOUNTS).ok).toBe(true);
    // What comes after the last signed head would be nobody's word.
    const more = changed(
      (proof) => ({ ...proof, links: [...proof.links, { kind: 'contribution', hash: digest('more') }] }),
      proveSegment(bundle({ checkpoints }), place),
    );
    expect(checkSegmentProof(more)).toMatchObject({ code: 'proof/cosignature-wrong' });
  });

  test('are no accounts that never joined: a bundle’s signatures by others are left out', () => {
    const claim = claimOf(proveSegment(bundle({ checkpoints: cosigned([7, 8, 9]) }), PLACE));
    expect(claim.cosigned).toEqual([]);
  });
});

/** The ledger with entries changed: what whoever owns a chain could write. */
async function rewritten(change: (entry: LedgerEntry) => LedgerEntry, length = Infinity): Promise<LedgerReader> {
  const state = await study.ledger.study(evidence.study);
  const log = rewriteLog(evidence.log.slice(0, length), change);
  const head = log.at(-1)?.head ?? '0x';
  return {
    ...study.ledger,
    study: async () => (state === null ? null : { ...state, head, length: log.length }),
    entries: async (_, from) => log.slice(from),
  };
}

describe('the ledger', () => {
  test('that was rewritten before or at the entry is shown to be, by what members signed', async () => {
    const claim = claimOf(proveSegment(bundle(), PLACE));
    for (const round of [0, 1]) {
      const ledger = await rewritten(otherSamples(1, round, 99));
      expect(await checkProofOnLedger(claim, ledger)).toMatchObject({ code: 'proof/history-rewritten' });
    }
    // A change after the signed head is none of this proof's business.
    expect((await checkProofOnLedger(claim, await rewritten(otherSamples(1, 2, 99)))).ok).toBe(true);
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
        links: [],
        cosignatures: [8, 9].map((n) => {
          const { member, signature } = signHead(n, checkpoint);
          return { member, round: 1, links: 0, signature };
        }),
      };
    });
    const claim = claimOf(forged);
    expect(await checkProofOnLedger(claim, study.ledger)).toMatchObject({ code: 'proof/not-on-ledger' });
    expect(checkCosigners(claim, ACCOUNTS)).toMatchObject({ code: 'proof/not-anchored' });
  });
});
