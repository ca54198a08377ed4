import { expect, test } from 'vitest';
import type { LedgerIndex } from '../../src/ledger/ledger-index.ts';
import { createLedgerIndex } from '../../src/ledger/ledger-index.ts';
import { createMemoryLedger } from '../../src/ledger/memory/memory-ledger.ts';
import type { PreparedMember } from '../../src/peer/prepare-member.ts';
import { requireStart } from '../../src/peer/require-start.ts';
import { othersOf, participantsOf } from '../../src/peer/study-knowledge.ts';
import { contribution, DOMAIN, digest, memberAccount, STUDY } from '../builders.ts';

const [FIRST, LEFT_OUT, NEW] = [memberAccount(1), memberAccount(2), memberAccount(3)];
const continues = {
  study: digest('before'),
  round: 2,
  without: [LEFT_OUT],
  bases: [{ member: FIRST, base: digest('base 2'), recipe: digest('recipe 2') }],
};

/** The log of a study that goes on from round 2 of another one; all three have joined, which the ledger lets anybody do. */
async function indexOf({ isBegun }: { isBegun: boolean }): Promise<LedgerIndex> {
  const ledger = createMemoryLedger(DOMAIN);
  for (const account of [FIRST, LEFT_OUT, NEW]) ledger.membership.admit(account);
  const budgets = { epsilonBudgetMicros: 0, deltaBudgetPicos: 0 };
  ledger.openStudy({ study: STUDY, rounds: 5, maximumMembers: 3, stalenessBound: 1, ...budgets });
  for (const account of [FIRST, LEFT_OUT, NEW]) await ledger.as(account).join(STUDY, digest(account));
  const first = contribution({ round: 2, member: FIRST, scoreCommitment: `0x${'00'.repeat(32)}` });
  if (isBegun) await ledger.as(FIRST).contribute(first);
  const index = createLedgerIndex(ledger, STUDY);
  await index.refresh();
  return index;
}

const member = (self: typeof FIRST) => ({ self, manifest: { continues } }) as unknown as PreparedMember;

test('a member begins a study that continues another one with its own base there, or with that of the others once they have begun', async () => {
  const [fresh, begun] = [await indexOf({ isBegun: false }), await indexOf({ isBegun: true })];
  expect(() => requireStart(member(FIRST), fresh, true)).not.toThrow();
  expect(() => requireStart(member(NEW), begun, false)).not.toThrow();
  const refused = expect.objectContaining({ code: 'peer/not-continued' });
  expect(() => requireStart(member(FIRST), begun, false)).toThrow(refused); // its folder lacks the base
  expect(() => requireStart(member(NEW), fresh, false)).toThrow(refused);
  for (const isUnderWay of [true, false]) {
    const leftOut = expect.objectContaining({ code: 'peer/left-out' });
    expect(() => requireStart(member(LEFT_OUT), begun, isUnderWay)).toThrow(leftOut);
  }
});

test('who is left out is no participant, though the ledger let it join', async () => {
  const index = await indexOf({ isBegun: true });
  expect(participantsOf(index, { continues })).toEqual([FIRST, NEW]);
  expect(othersOf(index, FIRST, { continues }).map(({ account }) => account)).toEqual([NEW]);
  expect(participantsOf(index, { continues: null })).toEqual([FIRST, LEFT_OUT, NEW]);
});
