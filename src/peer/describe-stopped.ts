import { existsSync } from 'node:fs';
import type { Hex } from '../base/bytes.ts';
import { fromHex } from '../base/bytes.ts';
import { accountOf } from '../protocol/account.ts';
import { type DataFolder, readPrivateKey } from './data-folder.ts';
import { PeerError } from './peer-error.ts';
import type { OutboxCounts } from './peer-outbox.ts';
import { openPeerStore } from './peer-store.ts';
import { readMemberTerms } from './read-member-terms.ts';

/** What the data folder of a peer that does not run tells. */
export interface StoppedPeer {
  readonly account: Hex;
  /** The round that it will go on with; null before the first start. */
  readonly round: number | null;
  readonly outbox: OutboxCounts | null;
  /** True if its closing record and everything before it are on the ledger: it has nothing left to do. */
  readonly hasClosed: boolean;
  /** True if the member's data were erased: it can train no more. */
  readonly isErased: boolean;
}

/** @throws PeerError `peer/data-folder-invalid`, `peer/store-locked`, `peer/store-version`; ConsiliumError `ledger/keystore-unreadable` */
export async function describeStopped(folder: DataFolder): Promise<StoppedPeer> {
  const account = accountOf(fromHex(await readPrivateKey(folder)));
  const isErased = existsSync(folder.erasure);
  if (!existsSync(folder.database)) return { account, round: null, outbox: null, hasClosed: false, isErased }; // it has never run
  const store = openPeerStore(folder.database, { readOnly: true });
  try {
    const outbox = store.outbox.counts();
    const rounds = await readRounds(folder);
    const closing = rounds === null ? undefined : store.contributionHash(account, rounds);
    const hasClosed = outbox.pending === 0 && closing !== undefined && store.shown.isAnchored(closing);
    return { account, round: store.progress()?.round ?? null, outbox, hasClosed, isErased };
  } finally {
    store.close();
  }
}

/** Null where the folder does not say, or no longer, which study it is for; what else it tells is worth telling all the same. */
async function readRounds(folder: DataFolder): Promise<number | null> {
  try {
    return (await readMemberTerms(folder.path)).manifest.rounds;
  } catch (cause) {
    if (cause instanceof PeerError && cause.code === 'peer/config-invalid') return null;
    throw cause;
  }
}
