import { existsSync } from 'node:fs';
import { connectLedger } from '../ledger/ethers-ledger.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { createLedgerIndex } from '../ledger/ledger-index.ts';
import { participantsIn } from '../protocol/participants.ts';
import { drainOutbox } from './drain-outbox.ts';
import { PeerError } from './peer-error.ts';
import { openPeerStore } from './peer-store.ts';
import type { Membership } from './prepare-member.ts';

export interface Withdrawal {
  /** False if it had withdrawn before. */
  readonly changed: boolean;
  /** The first round that the member may not record. */
  readonly endRound: number;
}

export interface WithdrawalOptions {
  /** The member's SQLite file. */
  readonly database: string;
  readonly signal: AbortSignal;
  /** Asked before anything is sent. */
  confirm(): Promise<void>;
}

/**
 * Leaves the member's study for good, on the ledger. What it has signed and not recorded goes there first: others have mixed it, and the
 * ledger takes nothing of it for the rounds from its end on.
 * @throws PeerError `peer/not-in-study`; LedgerError
 */
export async function withdrawMember(member: Membership, options: WithdrawalOptions): Promise<Withdrawal> {
  const { rpcUrl, contract } = member.config;
  const connection = await connectLedger({ rpcUrl, contract });
  try {
    const index = createLedgerIndex(connection, member.study);
    const part = async () => {
      await index.refresh();
      return participantsIn(index.entries()).find(({ account }) => account === member.self);
    };
    const before = await part();
    if (before === undefined) {
      throw new PeerError(
        'peer/not-in-study',
        `${member.self} has not joined study ${member.study}; there is nothing to leave`,
      );
    }
    if (before.endRound !== null) return { changed: false, endRound: before.endRound };
    await options.confirm();
    const ledger = connection.as(member.privateKey);
    await bringPending(ledger, member, options);
    await ledger.withdraw(member.study);
    return { changed: true, endRound: (await part())?.endRound ?? 0 };
  } finally {
    connection.close();
  }
}

async function bringPending(
  ledger: Ledger,
  { study }: Membership,
  { database, signal }: WithdrawalOptions,
): Promise<void> {
  if (!existsSync(database)) return; // it joined, and has never run since
  const store = openPeerStore(database);
  try {
    await drainOutbox({ ledger, study, store }, signal);
  } finally {
    store.close();
  }
}
