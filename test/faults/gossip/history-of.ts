import { hashContribution } from '../../../src/protocol/contribution.ts';
import type { PeerHistory } from './check-history.ts';
import type { LightPeer } from './light-peer.ts';

/** A peer's view as it is now. */
export function historyOf({ account, store, index }: LightPeer): PeerHistory {
  const known = store
    .announcements()
    .map(({ record }) => [`${record.round}/${record.member}`, hashContribution(record)] as const);
  return { account, known: new Map(known), heads: index.entries().map(({ head }) => head) };
}

/** `round/member` of the contributions that anybody knows up to this round. */
export function everythingSaid(histories: readonly PeerHistory[], newestRound: number): string[] {
  const keys = new Set(histories.flatMap(({ known }) => [...known.keys()]));
  return [...keys].filter((key) => Number(key.split('/')[0]) <= newestRound);
}
