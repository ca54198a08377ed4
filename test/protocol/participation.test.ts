import { describe, expect, test } from 'vitest';
import type { LedgerContent, LedgerEntry } from '../../src/protocol/ledger-entry.ts';
import { type Participation, participation, type RoundPart } from '../../src/protocol/participation.ts';
import { contribution, digest, memberAccount, STUDY } from '../builders.ts';

const TERMS = { rounds: 3, waiting: { quorum: 0.66 } };

const joined = (n: number, position: number, firstRound = 0): LedgerContent => ({
  kind: 'joined',
  record: { study: STUDY, member: memberAccount(n), position, firstRound, dataCommitment: digest('data') },
});

const left = (kind: 'withdrawn' | 'excluded', n: number, endRound: number): LedgerContent => ({
  kind,
  record: { study: STUDY, member: memberAccount(n), endRound },
});

const recorded = (round: number, ...members: number[]): LedgerContent[] =>
  members.map((n) => ({ kind: 'contribution', record: contribution({ round, member: memberAccount(n) }) }));

const entriesOf = (...contents: LedgerContent[]): LedgerEntry[] =>
  contents.map((content, sequence) => {
    return { ...content, sequence, head: digest('head'), blockNumber: sequence, transaction: digest('transaction') };
  });

const statesOf = (...contents: LedgerContent[]): Participation[] => participation(entriesOf(...contents), TERMS);

const partsOf = (...contents: LedgerContent[]): RoundPart[][] =>
  statesOf(...contents).map(({ rounds }) => rounds.map(({ part }) => part));

const THREE = [joined(1, 0), joined(2, 1), joined(3, 2)];

describe('who took part in which round', () => {
  test('who records in time contributed, who records nothing missed', () => {
    expect(partsOf(...THREE, ...recorded(0, 1, 2, 3), ...recorded(1, 1, 2), ...recorded(2, 1, 2, 3))).toEqual([
      ['contributed', 'contributed', 'contributed'],
      ['contributed', 'contributed', 'contributed'],
      ['contributed', 'missed', 'contributed'],
    ]);
  });

  test('who records after a quorum of the others went on is late, and after less of them is not', () => {
    const late = partsOf(...THREE, ...recorded(0, 1, 2), ...recorded(1, 1, 2), ...recorded(0, 3));
    expect(late[2]).toEqual(['late', 'missed', 'missed']);
    const inTime = partsOf(...THREE, ...recorded(0, 1, 2), ...recorded(1, 1), ...recorded(0, 3));
    expect(inTime[2]).toEqual(['contributed', 'missed', 'missed']);
  });

  test('who joins later is not expected before, and who left not afterwards', () => {
    expect(partsOf(joined(1, 0), joined(2, 1), joined(3, 2, 2), left('withdrawn', 2, 1))).toEqual([
      ['missed', 'missed', 'missed'],
      ['missed', 'withdrawn', 'withdrawn'],
      ['notJoined', 'notJoined', 'missed'],
    ]);
  });

  test('in a study that goes on from another one nobody is expected before its first round, nor who is left out at all', () => {
    const continues = { study: digest('before'), round: 1, without: [memberAccount(2)], bases: [] };
    const entries = entriesOf(joined(1, 0), joined(2, 1), ...recorded(1, 1));
    const parts = participation(entries, { ...TERMS, continues }).map(({ rounds }) => rounds.map(({ part }) => part));
    expect(parts).toEqual([
      ['notJoined', 'contributed', 'missed'],
      ['notJoined', 'notJoined', 'notJoined'],
    ]);
  });

  test('a new key goes on where the old one was; after an exclusion there is a gap', () => {
    expect(partsOf(joined(1, 0), ...recorded(0, 1), joined(4, 0, 1), ...recorded(1, 4))).toEqual([
      ['contributed', 'contributed', 'missed'],
    ]);
    expect(partsOf(joined(1, 0), left('excluded', 1, 1), joined(1, 0, 2))).toEqual([['missed', 'excluded', 'missed']]);
  });

  test('each state names the account of that time and the entry that says so', () => {
    const [rotated, gone] = statesOf(
      joined(1, 0),
      joined(2, 1),
      ...recorded(0, 1, 2),
      joined(4, 0, 1),
      left('withdrawn', 2, 1),
      ...recorded(2, 4),
    );
    expect(rotated?.rounds).toEqual([
      { part: 'contributed', account: memberAccount(1), entry: 2 },
      { part: 'missed', account: memberAccount(4), entry: 4 },
      { part: 'contributed', account: memberAccount(4), entry: 6 },
    ]);
    expect(gone?.rounds.slice(1)).toEqual(
      [1, 2].map(() => ({ part: 'withdrawn', account: memberAccount(2), entry: 5 })),
    );
  });

  test('who joined and left before its first round never was expected, and had not joined in the rounds before', () => {
    expect(partsOf(joined(1, 0, 1), left('excluded', 1, 0))).toEqual([['notJoined', 'excluded', 'excluded']]);
  });
});
