import { connectLedger } from '../ledger/ethers-ledger.ts';
import { createLedgerIndex } from '../ledger/ledger-index.ts';
import { participantsIn } from '../protocol/participants.ts';
import { PeerError } from './peer-error.ts';
import type { PreparedMember } from './prepare-member.ts';

export interface Withdrawal {
  /** False if it had withdrawn before. */
  readonly changed: boolean;
  /** The first round that the member may not record. */
  readonly endRound: number;
}

/**
 * Leaves the member's study for good, on the ledger.
 * @param confirm asked before anything is sent
 * @throws PeerError `peer/not-in-study`; LedgerError
 */
export async function withdrawMember(member: PreparedMember, confirm: () => Promise<void>): Promise<Withdrawal> {
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
    await confirm();
    await connection.as(member.privateKey).withdraw(member.study);
    return { changed: true, endRound: (await part())?.endRound ?? 0 };
  } finally {
    connection.close();
  }
}
