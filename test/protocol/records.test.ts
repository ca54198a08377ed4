import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Hex, ZERO_DIGEST } from '../../src/base/bytes.ts';
import { decodeCanonical, encodeCanonical } from '../../src/base/canonical.ts';
import { accountOf } from '../../src/protocol/account.ts';
import { decodeAnnouncement, encodeAnnouncement } from '../../src/protocol/announcement.ts';
import { contributionSchema, hashContribution } from '../../src/protocol/contribution.ts';
import { findHeadBreak, initialHead, type LedgerEntry, nextHead } from '../../src/protocol/ledger-entry.ts';
import { pullPermutation } from '../../src/protocol/pull-choice.ts';
import { contributionDigest, recoverSigner, signDigest } from '../../src/protocol/signature.ts';
import { packScores, unpackScores } from '../../src/protocol/valuation.ts';
import { contribution, DOMAIN, digest, memberKey } from '../builders.ts';

describe('a signed contribution', () => {
  const key = memberKey(1);
  const record = contribution({ member: accountOf(Buffer.from(key.slice(2), 'hex')) });
  const signature = signDigest(key, contributionDigest(DOMAIN, record));

  test('names its signer', () => {
    expect(recoverSigner(contributionDigest(DOMAIN, record), signature)).toBe(record.member);
  });

  test('is bound to chain, contract and every field', () => {
    const signers = [
      contributionDigest({ ...DOMAIN, chainId: 2 }, record),
      contributionDigest({ ...DOMAIN, contract: `0x${'cd'.repeat(20)}` }, record),
      ...Object.keys(record).map((field) => {
        const value = record[field as keyof typeof record];
        const changed =
          typeof value === 'number' ? value + 1 : (value.replace(/.$/, (c) => (c === '0' ? '1' : '0')) as Hex);
        return contributionDigest(DOMAIN, { ...record, [field]: changed });
      }),
    ].map((changed) => recoverSigner(changed, signature));
    expect(signers).toHaveLength(12);
    expect(signers).not.toContain(record.member);
  });

  test('with a signature that is none has no signer', () => {
    const full: Hex = `0x${'ff'.repeat(32)}`;
    expect(recoverSigner(digest('x'), { r: full, vs: full })).toBeNull();
    expect(recoverSigner(digest('x'), { r: ZERO_DIGEST, vs: ZERO_DIGEST })).toBeNull();
  });

  test('survives the wire, and only in its canonical form', () => {
    const announcement = { record, signature, segments: [digest('s')] };
    const bytes = encodeAnnouncement(announcement);
    expect(decodeAnnouncement(bytes)).toEqual(announcement);
    expect(() => decodeAnnouncement(Buffer.concat([bytes, Uint8Array.of(0)]))).toThrow(
      expect.objectContaining({ code: 'base/not-canonical' }),
    );
    expect(() => decodeAnnouncement(encodeCanonical({ ...announcement, more: 1 }))).toThrow(/unrecognized/i);
    const upper = { ...record, base: record.base.toUpperCase().replace('0X', '0x') };
    expect(contributionSchema.safeParse(upper).success).toBe(false);
  });
});

test('bytes that are not canonical are refused', () => {
  // {"b": 1, "a": 2} with its keys in the wrong order, and 1 in two bytes.
  for (const hex of ['a2616201616102', 'a161611801']) {
    expect(() => decodeCanonical(Buffer.from(hex, 'hex'))).toThrow(
      expect.objectContaining({ code: 'base/not-canonical' }),
    );
  }
  expect(decodeCanonical(Buffer.from('a2616102616201', 'hex'))).toEqual({ a: 2, b: 1 });
});

test('scores survive packing, gaps included', () => {
  const score = fc.option(fc.integer({ min: -0x7fff_ffff, max: 0x7fff_ffff }), { nil: null });
  fc.assert(
    fc.property(fc.array(score, { maxLength: 64 }), (scores) => {
      const unpacked = unpackScores(packScores(scores));
      expect(unpacked.slice(0, scores.length)).toEqual(scores);
      expect(unpacked.slice(scores.length).every((s) => s === null)).toBe(true);
    }),
    { seed: 4 },
  );
  for (const bad of [0.5, 2 ** 31, -(2 ** 31), Number.NaN]) {
    expect(() => packScores([bad])).toThrow(expect.objectContaining({ code: 'protocol/score-out-of-range' }));
  }
});

describe('the choice of whom to pull from', () => {
  const seed = { update: digest('update'), round: 3, segment: 2 };

  test('is a permutation, and always the same one', () => {
    expect(pullPermutation(seed, 9).toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    // Recorded: a change here makes every earlier study unverifiable.
    expect(pullPermutation(seed, 9)).toEqual([2, 8, 3, 7, 4, 5, 1, 0, 6]);
  });

  test('follows update, round and segment', () => {
    const others = [
      { ...seed, segment: 3 },
      { ...seed, round: 4 },
      { ...seed, update: digest('other') },
    ];
    for (const other of others) expect(pullPermutation(other, 9)).not.toEqual(pullPermutation(seed, 9));
  });

  test('is fair: nobody is chosen first more often than chance', () => {
    const firsts = Array.from({ length: 4000 }, (_, segment) => pullPermutation({ ...seed, segment }, 4)[0] ?? -1);
    for (const candidate of [0, 1, 2, 3]) {
      const share = firsts.filter((first) => first === candidate).length / firsts.length;
      expect(Math.abs(share - 0.25)).toBeLessThan(0.03); // four standard deviations
    }
  });
});

describe('a log', () => {
  const study = digest('study');
  const log: LedgerEntry[] = [];
  for (let sequence = 0; sequence < 6; sequence++) {
    const content = { kind: 'contribution' as const, record: contribution({ study, round: sequence }) };
    const head = nextHead(log.at(-1)?.head ?? initialHead(DOMAIN, study), content);
    log.push({ ...content, sequence, head, blockNumber: sequence, transaction: digest(`${sequence}`) });
  }
  const start = initialHead(DOMAIN, study);

  test('leads to its head', () => {
    expect(findHeadBreak(start, log)).toBeNull();
  });

  test('is found out at the place where an entry is missing, moved or changed', () => {
    expect(findHeadBreak(start, log.toSpliced(2, 1))).toBe(2);
    const swapped = [...log];
    [swapped[3], swapped[4]] = [log[4] as LedgerEntry, log[3] as LedgerEntry];
    expect(findHeadBreak(start, swapped)).toBe(3);
    const [, , , , last] = log;
    const edited = { ...(last as LedgerEntry & { kind: 'contribution' }) };
    const forged = { ...edited, record: { ...edited.record, samples: 1_000_000 } };
    expect(findHeadBreak(start, log.with(4, forged))).toBe(4);
    expect(findHeadBreak(initialHead({ ...DOMAIN, chainId: 5 }, study), log)).toBe(0);
  });
});

test('a contribution has one struct hash, which any field changes', () => {
  const record = contribution({});
  expect(hashContribution({ ...record })).toBe(hashContribution(record));
  expect(hashContribution({ ...record, samples: record.samples + 1 })).not.toBe(hashContribution(record));
});
