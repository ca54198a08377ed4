import { isConsiliumError } from '../../src/base/errors.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { createMemoryLedger, type MemoryLedger } from '../../src/ledger/memory/memory-ledger.ts';
import { DOMAIN, digest, memberAccount, STUDY } from '../builders.ts';

/** A chain that can take its last blocks back. */
export interface ForkingLedger {
  /** The ledger under member `n`, on whatever history is the current one. */
  as(n: number): Ledger;
  /** A block in which nothing happens. */
  fill(): Promise<void>;
  height(): Promise<number>;
  /** Takes the last `depth` blocks back; some of what was in them comes in again in another order. */
  reorganise(depth: number): Promise<void>;
}

interface Change {
  /** Whose transaction it is; 0 for blocks in which nothing happens. */
  readonly by: number;
  make(ledger: MemoryLedger): Promise<void>;
}

const TERMS = { rounds: 100_000, maximumMembers: 64, stalenessBound: 1, epsilonBudgetMicros: 0, deltaBudgetPicos: 0 };
/** An account whose standing changes back and forth, to fill blocks. */
const FILLER = 98;

/** Every change is a block; a history is the list of its changes. */
export async function createForkingMemory(members: number): Promise<ForkingLedger> {
  let history: Change[] = [];
  let current = createMemoryLedger(DOMAIN);
  let first = 0;

  const apply = async (change: Change): Promise<void> => {
    await change.make(current);
    history.push(change);
  };
  const replay = async (changes: readonly Change[]): Promise<void> => {
    history = [];
    current = createMemoryLedger(DOMAIN);
    for (const change of changes) await apply(change).catch(() => {});
  };
  const numbers = Array.from({ length: members }, (_, i) => i + 1);
  const accounts = [...numbers, FILLER].map(memberAccount);
  for (const account of accounts) await apply({ by: 0, make: async (ledger) => ledger.membership.admit(account) });
  await apply({ by: 0, make: async (ledger) => ledger.openStudy({ study: STUDY, ...TERMS }) });
  for (const n of numbers) {
    await apply({ by: n, make: (ledger) => ledger.as(memberAccount(n)).join(STUDY, digest(`data ${n}`)) });
  }
  first = history.length;

  let suspended = 0;
  const flip: Change = {
    by: 0,
    make: async ({ membership }) => {
      // Either may be refused on another history; the block comes all the same.
      const change = suspended++ % 2 === 0 ? membership.suspend : membership.reinstate;
      attempt(() => change(memberAccount(FILLER)));
    },
  };
  return {
    as: (n) => switching(() => current.as(memberAccount(n)), apply, n),
    fill: () => apply(flip),
    height: () => current.blockNumber(),
    reorganise: async (depth) => {
      const kept = history.slice(0, Math.max(first, history.length - depth));
      const gone = history.slice(kept.length);
      // A part of what was taken back is in the new blocks: the members in another order, each member's transactions in its own.
      const again = numbers.toReversed().flatMap((n) => {
        const own = gone.filter(({ by }) => by === n);
        return own.slice(0, Math.ceil(own.length / 3));
      });
      await replay([...kept, flip, ...again, flip]);
      while (history.length < kept.length + gone.length + 1) await apply(flip);
    },
  };
}

function attempt(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!isConsiliumError(error, 'ledger/reverted')) throw error;
  }
}

/** A ledger whose questions go to the current history, and whose changes are part of it. */
function switching(current: () => Ledger, apply: (change: Change) => Promise<void>, n: number): Ledger {
  const change =
    <Arguments extends unknown[]>(work: (ledger: Ledger, ...args: Arguments) => Promise<void>) =>
    (...args: Arguments): Promise<void> =>
      apply({ by: n, make: (memory) => work(memory.as(memberAccount(n)), ...args) });
  return {
    domain: DOMAIN,
    members: () => current().members(),
    standingChanges: () => current().standingChanges(),
    studies: () => current().studies(),
    study: (study) => current().study(study),
    entries: async (study, from) => [...(await current().entries(study, from))],
    blockNumber: () => current().blockNumber(),
    receipt: (transaction) => current().receipt(transaction),
    join: change((ledger, study, data) => ledger.join(study, data)),
    withdraw: change((ledger, study) => ledger.withdraw(study)),
    contribute: change((ledger, contribution) => ledger.contribute(contribution)),
    contributeFor: change((ledger, signed) => ledger.contributeFor(signed)),
    reveal: change((ledger, valuations) => ledger.reveal(valuations)),
    exclude: change((ledger, study, member) => ledger.exclude(study, member)),
    reportEquivocation: change((ledger, one, other) => ledger.reportEquivocation(one, other)),
    checkpoint: change((ledger, checkpoint, cosigners) => ledger.checkpoint(checkpoint, cosigners)),
  };
}
