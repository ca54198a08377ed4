import { expect, test } from 'vitest';
import { countUnrevealed, isOver } from '../../src/peer/observe/study-end.ts';
import type { LedgerContent, LedgerEntry } from '../../src/protocol/ledger-entry.ts';
import { ROUNDS, syntheticStudy } from '../audit/synthetic-study.ts';
import { contribution, digest, memberAccount, STUDY } from '../builders.ts';

const logOf = (...contents: LedgerContent[]): LedgerEntry[] =>
  contents.map((content, sequence) => ({
    ...content,
    sequence,
    head: digest('head'),
    blockNumber: sequence,
    transaction: digest('transaction'),
  }));

test('a study is over with the last closing record, and complete with the last scores', async () => {
  const { log } = (await syntheticStudy()).evidence;
  const closing = log.findIndex(({ kind, record }) => kind === 'contribution' && record.round === ROUNDS);
  expect(isOver(log.slice(0, closing + 3), ROUNDS)).toBe(false);
  expect(isOver(log.slice(0, closing + 4), ROUNDS)).toBe(true);
  expect(countUnrevealed(log.slice(0, closing + 4))).toBe(4);
  expect(countUnrevealed(log)).toBe(0);
});

test('who has left is not waited for, and a closed log is the end whoever lacks', () => {
  const joined = (n: number): LedgerContent => ({
    kind: 'joined',
    record: { study: STUDY, member: memberAccount(n), position: n - 1, firstRound: 0, dataCommitment: digest('data') },
  });
  expect(isOver(logOf(), 1)).toBe(false);
  expect(isOver(logOf(joined(1), joined(2)), 1)).toBe(false);
  const closing: LedgerContent = { kind: 'contribution', record: contribution({ round: 1, member: memberAccount(1) }) };
  const left: LedgerContent = { kind: 'withdrawn', record: { study: STUDY, member: memberAccount(2), endRound: 1 } };
  expect(isOver(logOf(joined(1), joined(2), closing), 1)).toBe(false);
  expect(isOver(logOf(joined(1), joined(2), closing, left), 1)).toBe(true);
  expect(isOver(logOf(joined(1), joined(2), { kind: 'closed', record: { study: STUDY } }), 1)).toBe(true);
});
