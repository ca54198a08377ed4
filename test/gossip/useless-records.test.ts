import { expect, test } from 'vitest';
import { createOffences, type Offences } from '../../src/gossip/offences.ts';
import { countUselessRecords } from '../../src/gossip/useless-records.ts';
import { ACCEPT, ignore, reject, type Verdict } from '../../src/gossip/verdict.ts';
import { memberAccount } from '../builders.ts';

const A = memberAccount(1);
const B = memberAccount(2);
const MEMBERS = 64;
const KINDS = 3;

function counted() {
  const time = { now: 0 };
  const clock = { now: () => time.now };
  const offences: Offences = createOffences(clock, () => {});
  const useless = countUselessRecords(clock, () => offences);
  const bring = (verdict: Verdict, times: number): void => {
    for (let i = 0; i < times; i++) useless.note(A, verdict);
  };
  return { time, bring, isBanned: (account = A) => offences.isBanned(account) };
}

const useless = ignore('C12', 'equivocation');

test('a member that brings signed records without end, none of any use, is cut off', () => {
  const { bring, isBanned } = counted();
  bring(useless, 1_000);
  expect([isBanned(), isBanned(B)]).toEqual([true, false]);
});

test('a member may bring what a round of the largest study has to say to a peer that lags behind', () => {
  const { bring, isBanned } = counted();
  bring(useless, MEMBERS * KINDS);
  expect(isBanned()).toBe(false);
});

test('a member that brings all of that every half minute is never cut off', () => {
  const { bring, time, isBanned } = counted();
  for (let round = 0; round < 200; round++) {
    bring(useless, MEMBERS * KINDS);
    time.now += 30_000;
  }
  expect(isBanned()).toBe(false);
});

test('what is accepted or rejected is not counted here', () => {
  const { bring, isBanned } = counted();
  bring(ACCEPT, 10_000);
  bring(reject('C2', 'not an announcement'), 10_000);
  expect(isBanned()).toBe(false);
});
