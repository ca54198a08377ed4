import type { MemberView } from '../../src/peer/member-view.ts';
import { memberAccount } from '../builders.ts';
import { statusOf, viewOf } from '../peer/member-view-builder.ts';

const ROUNDS = 12;
/** A curve that falls towards a floor, with a wave in it. */
const falling = (round: number, floor: number): number => floor + 0.62 * 0.72 ** round + 0.015 * Math.sin(round * 3);
const figures = (round: number, floor: number, top: number) => ({
  loss: falling(round, floor),
  accuracy: top - 0.42 * 0.68 ** round,
  auc: Math.min(1, top + 0.02 - 0.3 * 0.68 ** round),
});
const both = (round: number, floor: number, top: number) => ({
  round,
  heldOut: figures(round, floor, top),
  common: figures(round, floor + 0.04, top - 0.02),
});

/** A peer in the middle of its seventh round, with something of everything that a page can show. */
export function busyView(fields: Partial<MemberView> = {}): MemberView {
  const status = statusOf({
    round: 7,
    rounds: ROUNDS,
    title: 'Pneumonia on chest films in four hospitals',
    connected: [2, 3].map(memberAccount),
    missing: [memberAccount(4)],
    ledger: { entries: 58, secondsSinceContact: 2 },
  });
  const base = viewOf({ status });
  return {
    ...base,
    warnings: [
      {
        code: 'notice/members-missing',
        severity: 'notice',
        remedy:
          '1 of 3 others is not connected; rounds go on without them. Nothing is to be done here if they are known to be away',
      },
    ],
    round: {
      round: 7,
      stages: [
        { name: 'train', state: 'done', seconds: 41.3 },
        { name: 'announce', state: 'now', seconds: 6.2 },
        { name: 'pull', state: 'ahead', seconds: null },
        { name: 'mix', state: 'ahead', seconds: null },
        { name: 'value', state: 'ahead', seconds: null },
        { name: 'anchor', state: 'now', seconds: 3.1 },
      ],
      training: { epoch: 4, epochs: 4, loss: 0.2134 },
      announced: { of: 3, here: 1 },
      contributions: null,
    },
    members: base.members.map((member, i) => ({
      ...member,
      name: ['Charité', null, 'St. Mary', null][i] ?? null,
      connection: (['self', 'connected', 'connected', 'missing'] as const)[i] ?? 'missing',
      heardRound: [7, 7, 6, 4][i] ?? null,
      ledgerRound: [6, 7, 6, 4][i] ?? null,
      totalMicros: [182_400, 96_100, 120_050, -4_200][i] ?? null,
    })),
    learning: {
      rounds: Array.from({ length: 8 }, (_, round) => ({
        ...both(round, 0.12, 0.96),
        training: { loss: falling(round, 0.1), accuracy: 0.9 },
      })),
      epochs: Array.from({ length: 32 }, (_, i) => ({
        round: Math.floor(i / 4),
        epoch: (i % 4) + 1,
        loss: falling(i / 4, 0.08) + 0.04 * (4 - (i % 4)) * 0.8 ** (i / 4),
        accuracy: 0.9,
      })),
      alone: {
        state: 'training',
        stepFactor: 1,
        points: Array.from({ length: 6 }, (_, round) => both(round, 0.31, 0.87)),
      },
    },
    value: {
      method: 'shapley',
      minimumEvaluators: 3,
      rounds: [52_000, 41_000, 38_500, 30_100, -6_400, 27_200].map((scoreMicros, round) => ({
        round,
        scoreMicros,
        evaluators: 3,
        lowestMicros: scoreMicros - 12_000,
        highestMicros: scoreMicros + 9_000,
      })),
      totalMicros: 182_400,
    },
    privacy: {
      unit: 'record',
      spentMicros: 5_130_000,
      budgetMicros: 8_000_000,
      deltaPicos: 10_000_000,
      roundsLeft: 5,
      roundsAffordable: 5,
      rounds: Array.from({ length: 8 }, (_, round) => ({ round, epsilonMicros: 1_900_000 + 480_000 * round })),
    },
    outbox: {
      pending: 2,
      anchored: 13,
      refused: 0,
      items: [
        { kind: 'valuation', round: 6, state: 'pending', sequence: null, reason: null },
        { kind: 'contribution', round: 7, state: 'pending', sequence: null, reason: null },
        { kind: 'contribution', round: 6, state: 'anchored', sequence: 51, reason: null },
        { kind: 'valuation', round: 5, state: 'anchored', sequence: 49, reason: null },
        { kind: 'contribution', round: 5, state: 'anchored', sequence: 43, reason: null },
      ],
    },
    traffic: {
      bytesIn: 184_300_000,
      bytesOut: 92_700_000,
      inPerSecond: 812_000,
      outPerSecond: 402_000,
      recent: Array.from({ length: 60 }, (_, i) => ({
        secondsAgo: 295 - 5 * i,
        inPerSecond: i % 12 < 3 ? 2_400_000 - 500_000 * (i % 12) : 12_000,
        outPerSecond: i % 12 < 4 ? 1_100_000 : 9_000,
      })),
    },
    ...fields,
  };
}
