import { type MemberView, STAGES } from '../../src/peer/member-view.ts';
import { FRESH_PROGRESS, type PeerStatus } from '../../src/peer/peer-status.ts';
import { memberAccount, STUDY } from '../builders.ts';

/** A peer that waits for the others in round 3 of 10, with all four members connected and nothing wrong. */
export function statusOf(fields: Partial<PeerStatus> = {}): PeerStatus {
  return {
    ...FRESH_PROGRESS,
    phase: 'waiting',
    round: 3,
    participants: 4,
    connected: [2, 3, 4].map(memberAccount),
    account: memberAccount(1),
    study: STUDY,
    title: 'a study',
    rounds: 10,
    engine: 'test 1',
    pid: process.pid,
    upSeconds: 100,
    missing: [],
    outbox: { pending: 1, anchored: 2, refused: 0 },
    ledger: { entries: 12, secondsSinceContact: 1 },
    standing: 'member',
    disk: { freeBytes: 1e12, roundBytes: 1e6 },
    problems: [],
    ...fields,
  };
}

/** What such a peer's page shows before anything is known of the study. */
export function viewOf(fields: Partial<MemberView> = {}): MemberView {
  return {
    status: statusOf(),
    warnings: [],
    round: {
      round: 3,
      stages: STAGES.map((name) => ({ name, state: 'ahead', seconds: null })),
      training: null,
      announced: { of: 3, here: 0 },
      contributions: null,
    },
    members: [1, 2, 3, 4].map((n, position) => ({
      position,
      account: memberAccount(n),
      name: null,
      connection: n === 1 ? 'self' : 'connected',
      bannedSeconds: null,
      heardRound: 3,
      ledgerRound: 2,
      endRound: null,
      totalMicros: null,
    })),
    learning: { rounds: [], epochs: [], alone: { state: 'waiting', stepFactor: 1, points: [] } },
    value: { method: 'shapley', minimumEvaluators: 3, rounds: [], totalMicros: null },
    privacy: null,
    outbox: { pending: 0, anchored: 0, refused: 0, items: [] },
    traffic: { bytesIn: 0, bytesOut: 0, inPerSecond: 0, outPerSecond: 0, recent: [] },
    recordsAre: 'images',
    picturesOf: null,
    ...fields,
  };
}
