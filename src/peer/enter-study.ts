import type { Hex } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import type { Ledger, LedgerReader } from '../ledger/ledger.ts';
import type { LedgerIndex } from '../ledger/ledger-index.ts';
import { PeerError } from './peer-error.ts';
import type { PreparedMember } from './prepare-member.ts';
import { participantsOf } from './study-knowledge.ts';

const POLL_MILLISECONDS = 250;

/**
 * The study must be on the ledger under this manifest's digest, and the account among the members.
 * @returns the member set
 * @throws PeerError `peer/manifest-mismatch`, `peer/not-a-member`
 */
export async function checkStanding(
  ledger: LedgerReader,
  index: LedgerIndex,
  { study, self, manifest }: Pick<PreparedMember, 'study' | 'self' | 'manifest'>,
): Promise<Set<Hex>> {
  const state = await ledger.study(study);
  const terms =
    state !== null &&
    state.rounds === manifest.rounds &&
    state.stalenessBound === manifest.staleness.boundRounds &&
    state.epsilonBudgetMicros === manifest.epsilonBudgetMicros &&
    state.deltaBudgetPicos === manifest.deltaBudgetPicos;
  if (!terms) {
    throw new PeerError(
      'peer/manifest-mismatch',
      `the manifest has digest ${study}, and the ledger at ${ledger.domain.contract} has no study with that digest and these terms; ` +
        'get the manifest that the study was opened with',
    );
  }
  await index.refresh();
  const members = new Set(await ledger.members());
  if (members.has(self)) return members;
  throw new PeerError(
    'peer/not-a-member',
    `account ${self} is not a member of the consortium; ask an admin to admit it`,
  );
}

/** Joins if that has not happened yet, and waits for as many as the study needs to begin. */
export async function joinStudy(
  { clock, ledger, index, member }: { clock: Clock; ledger: Ledger; index: LedgerIndex; member: PreparedMember },
  signal: AbortSignal,
): Promise<void> {
  const takesPart = participantsOf(index, member.manifest).includes(member.self);
  if (!takesPart) await ledger.join(member.study, member.dataCommitment);
  await index.refresh();
  while (participantsOf(index, member.manifest).length < member.manifest.minimumMembers) {
    await clock.wait(POLL_MILLISECONDS, signal);
    signal.throwIfAborted();
    await index.refresh();
  }
}

/** True for a member that has left the study for good. */
export function hasWithdrawn(index: LedgerIndex, account: Hex): boolean {
  return index.entries().some((entry) => entry.kind === 'withdrawn' && entry.record.member === account);
}
