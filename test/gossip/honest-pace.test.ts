import { expect, test } from 'vitest';
import { createOffences } from '../../src/gossip/offences.ts';
import { createRateLimit, type Quota } from '../../src/gossip/rate-limit.ts';
import { QUOTAS } from '../../src/gossip/study-network.ts';
import { CONNECTION_QUOTA } from '../../src/gossip/watch-floods.ts';
import { memberAccount } from '../builders.ts';

const MEMBER = memberAccount(1);
const HOUR_SECONDS = 3_600;

/** Whether a member that does so much in each second of an hour is ever cut off. */
function isCutOff(quota: Quota, timesInSecond: (second: number) => number): boolean {
  let now = 0;
  let bans = 0;
  const limit = createRateLimit(quota);
  const offences = createOffences({ now: () => now }, () => void (bans += 1));
  for (let second = 0; second < HOUR_SECONDS; second++) {
    now = second * 1000;
    for (let i = 0; i < timesInSecond(second); i++) if (!limit.take(MEMBER, now)) offences.note(MEMBER, 'flood');
  }
  return bans > 0;
}

const every =
  (seconds: number, times: number) =>
  (second: number): number =>
    second % seconds === 0 ? times : 0;

test.each<[string, Quota, (second: number) => number]>([
  ['asks for two rounds once a second', QUOTAS.records, () => 2],
  // Eight rounds every half minute on top, as N15 has it.
  ['asks for lost proofs too', QUOTAS.records, (second) => 2 + every(30, 8)(second)],
  ['looks for missing members once a second', QUOTAS.addresses, () => 1],
  ['restarts every eight seconds and catches up', QUOTAS.records, (second) => 2 + every(8, 4)(second)],
  ['restarts every eight seconds, two connections each time', CONNECTION_QUOTA, every(8, 2)],
  ['is cut off by its link four times a minute', CONNECTION_QUOTA, every(15, 2)],
  ['pulls from a model in rounds of four seconds, four streams each', QUOTAS.segments, every(4, 4)],
])('a member that %s is never cut off', (_what, quota, timesInSecond) => {
  expect(isCutOff(quota, timesInSecond)).toBe(false);
});

test.each<[string, Quota]>([
  ['segments', QUOTAS.segments],
  ['records', QUOTAS.records],
  ['addresses', QUOTAS.addresses],
  ['connections', CONNECTION_QUOTA],
])('the control: a member that opens 32 a second is cut off (%s)', (_what, quota) => {
  expect(isCutOff(quota, () => 32)).toBe(true);
});
