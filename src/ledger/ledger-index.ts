import type { Hex } from '../base/bytes.ts';
import { findHeadBreak, hashContent, initialHead, type LedgerEntry } from '../protocol/ledger-entry.ts';
import { LedgerError, type LedgerReader } from './ledger.ts';

/** One study's log as read and checked so far. */
export interface LedgerIndex {
  /** Reads what is new and checks it against the head; starts over when the chain no longer holds what was read. @throws LedgerError */
  refresh(): Promise<void>;
  /** All entries read, gapless from 0. */
  entries(): readonly LedgerEntry[];
  /** The entry of the record with this struct hash, if it is on the ledger. */
  find(structHash: Hex): LedgerEntry | undefined;
}

/** A local copy of one study's log that re-derives its head, so that a node that omits or reorders entries is noticed. */
export function createLedgerIndex(ledger: LedgerReader, study: Hex): LedgerIndex {
  let known: LedgerEntry[] = [];
  let byHash = new Map<Hex, LedgerEntry>();

  const headNow = (): Hex => known.at(-1)?.head ?? initialHead(ledger.domain, study);

  const append = (entries: readonly LedgerEntry[]): number | null => {
    const broken = findHeadBreak({ head: headNow(), sequence: known.length }, entries);
    if (broken !== null) return broken;
    for (const entry of entries) {
      known.push(entry);
      byHash.set(hashContent(entry), entry);
    }
    return null;
  };

  const readAgain = async (): Promise<void> => {
    known = [];
    byHash = new Map();
    const broken = append(await ledger.entries(study, 0));
    if (broken === null) return;
    throw new LedgerError(
      'ledger/inconsistent',
      `the node's events of study ${study} do not lead to the head at entry ${broken}; ask another node`,
      { details: { study, sequence: broken } },
    );
  };

  const refresh = async (): Promise<void> => {
    const state = await ledger.study(study);
    if (state === null) {
      throw new LedgerError(
        'ledger/unknown-study',
        `the ledger has no study ${study}; check the manifest and the contract address`,
      );
    }
    if (state.length === known.length && state.head === headNow()) return;
    const news = state.length > known.length ? await ledger.entries(study, known.length) : [];
    if (news.length === 0 || append(news) !== null) await readAgain();
  };

  /** One at a time: two readers that append the same news would see a break that is none. */
  let last: Promise<void> = Promise.resolve();

  return {
    refresh: () => {
      const turn = last.then(refresh);
      last = turn.catch(() => {});
      return turn;
    },
    entries: () => known,
    find: (structHash) => byHash.get(structHash),
  };
}
