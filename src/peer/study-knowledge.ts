import type { Hex } from '../base/bytes.ts';
import type { StudyContext } from '../gossip/study-context.ts';
import type { LedgerIndex } from '../ledger/ledger-index.ts';
import { hashCheckpoint } from '../protocol/checkpoint.ts';
import { type BeginningTerms, isLeftOut } from '../protocol/continuation.ts';
import type { LedgerDomain } from '../protocol/domain.ts';
import { hashContent } from '../protocol/ledger-entry.ts';
import { type Manifest, studyOf } from '../protocol/manifest.ts';
import { type Participant, participantsIn } from '../protocol/participants.ts';
import type { PeerStore } from './peer-store.ts';
import type { Mark } from './signing-guard.ts';

/** Everybody who ever joined, in order of position: the accounts of each, the present one last. */
export function positionsOf(index: LedgerIndex): (readonly Hex[])[] {
  return participantsIn(index.entries()).map(({ accounts }) => accounts);
}

/** The participants whom a round may wait for or mix, this member not among them. */
export function othersOf(index: LedgerIndex, self: Hex, terms: BeginningTerms): Participant[] {
  return participantsIn(index.entries()).filter(
    ({ account, accounts }) => !accounts.includes(self) && !isLeftOut(terms, account),
  );
}

/** Those who joined, did not withdraw and were not excluded. The ledger lets anybody join; who is left out takes no part all the same. */
export function participantsOf(index: LedgerIndex, terms: BeginningTerms): Hex[] {
  return participantsIn(index.entries()).flatMap(({ account, endRound }) =>
    endRound === null && !isLeftOut(terms, account) ? account : [],
  );
}

/** What a member has signed, as far as the ledger has it. */
export function marksOf(index: LedgerIndex, member: Hex): Mark[] {
  return index.entries().flatMap((entry) => {
    if (entry.kind !== 'contribution' || entry.record.member !== member) return [];
    return { round: entry.record.round, hash: hashContent(entry) };
  });
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
    isParticipant: (account) => participantsOf(index, manifest).includes(account),
    knownContribution: store.contributionHash,
    knownCheckpoint: (member, round) => {
      const known = store.checkpoint(member, round);
      return known === null ? undefined : hashCheckpoint(known.record);
    },
    knownReveal: store.hasReveal,
    knownCommitment: (evaluator, round) => store.announcement(evaluator, round + 1)?.record.scoreCommitment,
  };
}

/** The first round that a member may record in its present part. */
export function firstRoundOf(index: LedgerIndex, member: Hex): number {
  return participantsIn(index.entries()).find(({ account }) => account === member)?.firstRound ?? 0;
}
