import { expect, test } from 'vitest';
import { checkFirstRecords } from '../../src/audit/check-first-records.ts';
import type { Contribution } from '../../src/protocol/contribution.ts';
import { contribution, digest, memberAccount } from '../builders.ts';

/** A study that goes on from round 3, without the second member. */
const START = { member: memberAccount(1), base: digest('base 3'), recipe: digest('recipe 3') };
const continues = { study: digest('before'), round: 3, without: [memberAccount(2)], bases: [START] };

const MANIFEST = { continues, initialModel: { seed: 'seed', digest: digest('initial') } };

const findingsOf = (record: Partial<Contribution>): string[] =>
  checkFirstRecords([contribution(record)], MANIFEST).map(({ code }) => code);

test.each<[string, Partial<Contribution>, string[]]>([
  ['from the base that the manifest names', { round: 3 }, []],
  ['in a later round, from whatever was mixed', { round: 4 }, []],
  ['from another base', { round: 3, base: digest('another') }, ['audit/recipe-mismatch']],
  ['from that base with another recipe', { round: 3, recipe: digest('another') }, ['audit/recipe-mismatch']],
  ['as one that has no base there', { round: 3, member: memberAccount(3) }, ['audit/recipe-mismatch']],
  ['before its first round', { round: 2 }, ['audit/continuation-wrong']],
  ['as one that is left out', { round: 5, member: memberAccount(2) }, ['audit/continuation-wrong']],
])('a contribution to a study that continues another one, %s', (_, record, codes) => {
  expect(findingsOf(record)).toEqual(codes);
});
