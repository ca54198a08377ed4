import type { Hex } from '../base/bytes.ts';
import { findHeadBreak, hashContent, initialHead, type LedgerEntry } from '../protocol/ledger-entry.ts';
import { LedgerError, type LedgerReader, type StudyState } from './ledger.ts';

/** One study's log as read and checked so far. */
export interface LedgerIndex {
  /** Reads what is new and checks it against the head; starts over when the chain no longer holds what was read. @throws LedgerError */
  refresh(): Promise<void>;
  /** Starts over: what is known may be in other blocks by now. @throws LedgerError */
  reread(): Promise<void>;
  /** Goes up whenever the index starts over. */
  generation(): number;
  /** All entries read, gapless from 0. */
  entries(): readonly LedgerEntry[];
  /** The entry of the record with this struct hash, if it is on the ledger. */
  find(structHash: Hex): LedgerEntry | undefined;
}

/** The chain may grow or be reorganised between two questions; a node that contradicts itself this often does it by itself. */
const ATTEMPTS = 3;

/** A local copy of one study's log that re-derives its head, so that a node that omits, edits or reorders entries is noticed. */
export function createLedgerIndex(ledger: LedgerReader, study: Hex): LedgerIndex {
  let known: LedgerEntry[] = [];
  let byHash = new Map<Hex, LedgerEntry>();
  let generation = 0;

  const headNow = (): Hex => known.at(-1)?.head ?? initialHead(ledger.domain, study);

  /** Takes entries up to the first that does not continue the log. @returns its sequence number, or null */
  const append = (entries: readonly LedgerEntry[]): number | null => {
    const broken = findHeadBreak(headNow(), entries);
    const sound = broken === null ? entries : entries.slice(0, broken - known.length);
    for (const entry of sound) {
      known.push(entry);
      byHash.set(hashContent(entry), entry);
    }
    return broken;
  };

  const stateNow = async (): Promise<StudyState> => {
    const state = await ledger.study(study);
    if (state !== null) return state;
    throw new LedgerError(
      'ledger/unknown-study',
      `the ledger has no study ${study}; check the manifest and the contract address`,
    );
  };

  /** The first entry in which what was read differs from what the contract says, or null. */
  const differs = (state: StudyState, broken: number | null): number | null => {
    if (broken !== null) return broken;
    if (known.length < state.length) return known.length;
    // More than the contract counted came while we read.
    const last = known[state.length - 1];
    return last?.head === state.head ? null : state.length - 1;
  };

  const startOver = async (): Promise<void> => {
    let sequence = 0;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const state = await stateNow();
      known = [];
      byHash = new Map();
      generation += 1;
      const wrong = differs(state, append(await ledger.entries(study, 0)));
      if (wrong === null) return;
      sequence = wrong;
    }
    throw new LedgerError(
      'ledger/inconsistent',
      `the node's events of study ${study} are not those that the contract counts, from entry ${sequence} on; ask another node`,
      { details: { study, sequence } },
    );
  };

  const refresh = async (): Promise<void> => {
    const state = await stateNow();
    if (state.length === known.length && state.head === headNow()) return;
    if (state.length <= known.length) return startOver();
    const broken = append(await ledger.entries(study, known.length));
    if (differs(state, broken) !== null) await startOver();
  };

  /** One at a time: two readers that append the same news would see a break that is none. */
  let last: Promise<void> = Promise.resolve();
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const turn = last.then(work);
    last = turn.catch(() => {});
    return turn;
  };

  return {
    refresh: () => inTurn(refresh),
    reread: () => inTurn(startOver),
    generation: () => generation,
    entries: () => known,
    find: (structHash) => byHash.get(structHash),
  };
}
