import { beforeAll, describe, expect, test } from 'vitest';
import { checkCheckpoints } from '../../src/audit/check-checkpoints.ts';
import type { Evidence } from '../../src/audit/evidence.ts';
import type { Hex } from '../../src/base/bytes.ts';
import type { SignedCheckpoint } from '../../src/protocol/checkpoint.ts';
import { headCount } from '../../src/protocol/head-word.ts';
import type { LedgerEntry } from '../../src/protocol/ledger-entry.ts';
import { DOMAIN, digest, memberAccount } from '../builders.ts';
import { cosign, otherSamples, rewriteLog, signHead } from './rewrite-log.ts';
import { syntheticStudy } from './synthetic-study.ts';

let evidence: Evidence;
/** The log as it was, and as an administrator wrote it anew with member 2's round 1 changed. */
let log: readonly LedgerEntry[];
let rewritten: readonly LedgerEntry[];
let place: number;
/** What all members signed of the first log in rounds 0 and 1. */
let signed: SignedCheckpoint[];

beforeAll(async () => {
  ({ evidence } = await syntheticStudy());
  log = evidence.log;
  rewritten = rewriteLog(log, otherSamples(2, 1, 99));
  place = log.findIndex((entry, i) => entry.head !== rewritten[i]?.head);
  signed = [0, 1].flatMap((round) => cosign(evidence.study, log, round, [1, 2, 3, 4]));
});

const check = (checkpoints: readonly SignedCheckpoint[], now: readonly LedgerEntry[], copy = log) =>
  checkCheckpoints(DOMAIN, { ...evidence, checkpoints: [...checkpoints], log: [...copy] }, now);

const headsOf = (checkpoints: readonly SignedCheckpoint[]): Set<Hex> =>
  new Set(checkpoints.map(({ record }) => record.head));

describe('a chain that was replayed with one record changed', () => {
  test('is shown at the very entry, where the bundle has the log that the signed head stands for', () => {
    expect(check(signed, rewritten)).toMatchObject([{ code: 'audit/history-rewritten', round: 1, sequence: place }]);
  });

  test('is shown wherever the record stood, as long as a signed head comes after it', () => {
    for (const n of [1, 2, 3]) {
      for (const round of [0, 1]) {
        const other = rewriteLog(log, otherSamples(n, round, 99));
        const first = log.findIndex((entry, i) => entry.head !== other[i]?.head);
        const found = check(signed, other);
        expect(found.length).toBe(2 - round);
        expect(new Set(found.map(({ sequence }) => sequence))).toEqual(new Set([first]));
      }
    }
  });

  test('is shown between two signed heads, where nobody kept the log of before', () => {
    const [finding, ...others] = check(signed, rewritten, rewritten);
    const [first, second] = [...headsOf(signed)].map(headCount);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ code: 'audit/history-rewritten', sequence: first });
    expect(finding?.message).toContain(`entries ${first} to ${(second ?? 0) - 1}`);
    expect(first).toBeLessThanOrEqual(place);
    expect(second).toBeGreaterThan(place);
  });

  test('is shown by two signed heads of one count, and whoever signed both is named', () => {
    const [finding] = check([...signed, ...cosign(evidence.study, rewritten, 1, [3, 4])], rewritten);
    const both = [3, 4].map(memberAccount).join(', ');
    expect(finding).toMatchObject({ code: 'audit/history-rewritten', sequence: place });
    expect(finding?.message).toContain(`which ${both} signed; ${both} signed both histories`);
  });

  test('is shown too where the log was cut instead, or a record left out', () => {
    const cut = log.slice(0, place);
    expect(check(signed, cut)).toMatchObject([{ code: 'audit/history-rewritten', sequence: place }]);
    const without = rewriteLog(log.toSpliced(place, 1), (entry) => entry);
    expect(check(signed, without)).toMatchObject([{ code: 'audit/history-rewritten', sequence: place }]);
  });

  test('is shown by a head that was co-signed on the ledger, if the replay kept that', () => {
    const head = signed.at(-1)?.record.head as Hex;
    const record = { study: evidence.study, round: 1, signedHead: head, signers: [0, 1, 2] };
    const at = headCount(head) + 1;
    const inserted = (entries: readonly LedgerEntry[]): LedgerEntry[] => {
      const place = { sequence: at, head, blockNumber: 1, transaction: digest('a transaction') };
      const entry: LedgerEntry = { kind: 'checkpointed', record, ...place };
      return rewriteLog(entries.toSpliced(at, 0, entry), (each) => each);
    };
    expect(check([], inserted(rewritten), inserted(rewritten))).toMatchObject([{ code: 'audit/history-rewritten' }]);
    expect(check([], inserted(log), inserted(log))).toEqual([]);
  });
});

describe('nothing is shown', () => {
  test('by heads that the log has', () => {
    expect(check(signed, log)).toEqual([]);
  });

  test('of what comes after the last signed head', () => {
    expect(check(signed, rewriteLog(log, otherSamples(1, 2, 99)))).toEqual([]);
  });

  test('by accounts that never joined, by another study, or by a signature of somebody else', () => {
    const record = signed.at(-1)?.record as SignedCheckpoint['record'];
    const accusations = [
      signHead(9, record),
      signHead(1, { ...record, study: digest('another study') }),
      { ...signHead(9, record), member: memberAccount(1) },
    ];
    for (const accusation of accusations) {
      expect(check([accusation], rewritten)).toMatchObject([{ code: 'audit/signature-wrong' }]);
    }
  });
});
