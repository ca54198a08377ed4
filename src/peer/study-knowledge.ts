import type { Hex } from '../base/bytes.ts';
import type { StudyContext } from '../gossip/study-context.ts';
import type { LedgerIndex } from '../ledger/ledger-index.ts';
import type { LedgerDomain } from '../protocol/domain.ts';
import { type Manifest, studyOf } from '../protocol/manifest.ts';
import type { PeerStore } from './peer-store.ts';

/** Everybody who ever joined, in order of position. */
export function positionsOf(index: LedgerIndex): Hex[] {
  return index.entries().flatMap((entry) => (entry.kind === 'joined' ? entry.record.member : []));
}

/** Those who joined and did not withdraw. */
export function participantsOf(index: LedgerIndex): Hex[] {
  const withdrawn = new Set(
    index.entries().flatMap((entry) => (entry.kind === 'withdrawn' ? entry.record.member : [])),
  );
  return positionsOf(index).filter((member) => !withdrawn.has(member));
}

/** What validators may ask: answered from the ledger's index and from the records kept so far. */
export function studyContext(deps: {
  domain: LedgerDomain;
  manifest: Manifest;
  index: LedgerIndex;
  store: PeerStore;
}): StudyContext {
  const { domain, manifest, index, store } = deps;
  return {
    domain,
    study: studyOf(manifest),
    rounds: manifest.rounds,
    segments: manifest.segments,
    epsilonBudgetMicros: manifest.epsilonBudgetMicros,
    isParticipant: (account) => participantsOf(index).includes(account),
    knownContribution: store.contributionHash,
    knownCommitment: (evaluator, round) => store.announcement(evaluator, round + 1)?.record.scoreCommitment,
  };
}
