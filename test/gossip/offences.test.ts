import { expect, test } from 'vitest';
import type { Hex } from '../../src/base/bytes.ts';
import { BAN_MILLISECONDS, createOffences, type Offence } from '../../src/gossip/offences.ts';
import { memberAccount } from '../builders.ts';

const A = memberAccount(1);
const B = memberAccount(2);

function ledgerOfOffences() {
  const time = { now: 0 };
  const bans: [Hex, Offence][] = [];
  const offences = createOffences({ now: () => time.now }, (account, offence) => void bans.push([account, offence]));
  return { time, bans, offences };
}

test.each<[Offence, number]>([
  ['rejected-record', 5],
  ['wrong-content', 2],
  ['flood', 4],
  ['gossip-flood', 1],
])('%s cuts a member off the %ith time, and not before', (offence, times) => {
  const { offences, bans } = ledgerOfOffences();
  for (let i = 1; i < times; i++) offences.note(A, offence);
  expect([offences.isBanned(A), bans]).toEqual([false, []]);
  offences.note(A, offence);
  expect([offences.isBanned(A), bans]).toEqual([true, [[A, offence]]]);
});

test('another member is not cut off with it', () => {
  const { offences } = ledgerOfOffences();
  offences.note(A, 'gossip-flood');
  expect(offences.isBanned(B)).toBe(false);
});

test('it is cut off for half an hour and told of once, whatever it does meanwhile', () => {
  const { offences, bans, time } = ledgerOfOffences();
  offences.note(A, 'gossip-flood');
  for (let i = 0; i < 100; i++) offences.note(A, 'gossip-flood');
  time.now = BAN_MILLISECONDS - 1;
  expect([offences.isBanned(A), bans.length]).toEqual([true, 1]);
  time.now = BAN_MILLISECONDS;
  expect(offences.isBanned(A)).toBe(false);
});

test('whoever was cut off starts anew, and is cut off again for doing it again', () => {
  const { offences, bans, time } = ledgerOfOffences();
  offences.note(A, 'gossip-flood');
  time.now = BAN_MILLISECONDS;
  offences.note(A, 'flood');
  expect(offences.isBanned(A)).toBe(false);
  offences.note(A, 'gossip-flood');
  expect([offences.isBanned(A), bans.length]).toEqual([true, 2]);
});

test('a rare mistake is forgotten: one rejected record every ten minutes never adds up', () => {
  const { offences, bans, time } = ledgerOfOffences();
  for (let i = 0; i < 1_000; i++) {
    time.now = i * 10 * 60_000;
    offences.note(A, 'rejected-record');
  }
  expect(bans).toEqual([]);
});
