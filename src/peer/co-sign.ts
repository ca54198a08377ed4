import type { Hex } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import { isConsiliumError, messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { StudyNetwork } from '../gossip/study-network.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { LedgerIndex } from '../ledger/ledger-index.ts';
import { checkpointDigest, type SignedCheckpoint } from '../protocol/checkpoint.ts';
import type { LedgerEntry } from '../protocol/ledger-entry.ts';
import { type Participant, participantsIn } from '../protocol/participants.ts';
import { signDigest } from '../protocol/signature.ts';
import type { PeerStore } from './peer-store.ts';

/** A co-signed head goes on the ledger after every so many rounds, and after the last training round: it costs gas. */
const ROUNDS_PER_CHECKPOINT = 10;
/** Share of the participants whose contributions make a round's checkpoint, and whose signatures are waited for. */
const SHARE = 2 / 3;

/** Looks at the ledger for which each participant waits for the one before it: the first may have no node to send to. */
export const TURNS_PER_PARTICIPANT = 30;

export interface CoSignDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly ledger: Ledger;
  readonly index: LedgerIndex;
  readonly store: PeerStore;
  readonly network: Pick<StudyNetwork, 'connectedMembers' | 'publishCheckpoint'>;
  readonly study: Hex;
  readonly self: Hex;
  readonly privateKey: Hex;
  readonly rounds: number;
}

/** Signs the heads that every participant signs, and brings what enough of them signed to the ledger. */
export interface CoSigner {
  /** Does what is due, as far as the index has been read. */
  work(): Promise<void>;
  /**
   * Signs the head as this member leaves it behind, once: whatever it recorded itself is before it, even what came after the heads of all
   * rounds.
   */
  signLast(): Promise<void>;
}

/**
 * The head that everybody signs for a round: the one right after the contribution with which two thirds of those who take part in the
 * round have recorded it. It follows from the log alone, so that whoever reads the same log signs the same.
 * @returns null while there is none
 */
export function checkpointHead(entries: readonly LedgerEntry[], round: number): Hex | null {
  let recorded = 0;
  for (const [i, entry] of entries.entries()) {
    if (entry.kind !== 'contribution' || entry.record.round !== round) continue;
    recorded += 1;
    const expected = participantsIn(entries.slice(0, i + 1)).filter((each) => takesPart(each, round)).length;
    if (recorded >= Math.ceil(SHARE * expected)) return entry.head;
  }
  return null;
}

function takesPart({ firstRound, endRound }: Participant, round: number): boolean {
  return firstRound <= round && (endRound === null || round < endRound);
}

export function isOnLedger(round: number, rounds: number): boolean {
  return round === rounds - 1 || (round + 1) % ROUNDS_PER_CHECKPOINT === 0;
}

export function createCoSigner(deps: CoSignDeps): CoSigner {
  const { index, store, network, ledger, self, study, rounds, logger } = deps;
  /** Signers of the last attempt of a round: with no more of them it would be refused again. */
  const tried = new Map<number, number>();
  /** For how many looks at the ledger enough have signed a round that is not on it. */
  const waited = new Map<number, number>();

  /** A chain that is away comes back; what the contract refused it would refuse again. */
  const noteFailure = (round: number, signers: number, error: unknown): void => {
    if (isConsiliumError(error, 'ledger/unreachable')) tried.delete(round);
    logger.warn('peer.checkpoint-refused', { round, signers, error: messageOf(error) });
  };

  /** True once it is this peer's turn to bring a round that enough have signed. */
  const isTurn = (round: number, active: readonly Participant[]): boolean => {
    const turns = waited.get(round) ?? 0;
    waited.set(round, turns + 1);
    const present = new Set([self, ...network.connectedMembers()]);
    const place = active.filter(({ account }) => present.has(account)).findIndex(({ account }) => account === self);
    return place >= 0 && turns >= place * TURNS_PER_PARTICIPANT;
  };

  const sign = async (round: number, head: Hex | null | undefined): Promise<void> => {
    if (head === null || head === undefined || store.checkpoint(self, round) !== null) return;
    const record = { study, round, head };
    store.addCheckpoint({
      record,
      member: self,
      signature: signDigest(deps.privateKey, checkpointDigest(ledger.domain, record)),
    });
    // What is on disk now is what was signed first, should two ever try.
    const kept = store.checkpoint(self, round);
    if (kept !== null) await network.publishCheckpoint(kept);
  };

  const bring = async (round: number): Promise<void> => {
    const done = index.entries().some((entry) => entry.kind === 'checkpointed' && entry.record.round === round);
    const own = store.checkpoint(self, round);
    if (done || own === null) return;
    const active = participantsIn(index.entries()).filter(({ endRound }) => endRound === null);
    const signed = active.flatMap(({ account, position }) =>
      signatureOf(store.checkpoint(account, round), own, position),
    );
    const enough = signed.length >= Math.ceil(SHARE * active.length) && signed.length > (tried.get(round) ?? 0);
    if (!enough || !isTurn(round, active)) return;
    tried.set(round, signed.length);
    await ledger.checkpoint(own.record, signed).catch((error: unknown) => noteFailure(round, signed.length, error));
  };

  return {
    async work() {
      const latest = index
        .entries()
        .reduce((round, entry) => (entry.kind === 'contribution' ? Math.max(round, entry.record.round) : round), -1);
      const signedUpTo = store.lastCheckpoint(self) ?? -1;
      for (let round = signedUpTo + 1; round <= Math.min(latest, rounds - 1); round++)
        await sign(round, checkpointHead(index.entries(), round));
      for (let round = 0; round <= Math.min(latest, rounds - 1); round++)
        if (isOnLedger(round, rounds)) await bring(round);
    },
    signLast: () => sign(rounds, index.entries().at(-1)?.head),
  };
}

function signatureOf(theirs: SignedCheckpoint | null, own: SignedCheckpoint, position: number) {
  return theirs === null || theirs.record.head !== own.record.head ? [] : [{ position, signature: theirs.signature }];
}
