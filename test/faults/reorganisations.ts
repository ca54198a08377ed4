import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Hex } from '../../src/base/bytes.ts';
import { createSeededRandom } from '../../src/base/seeded-random.ts';
import { hashContent } from '../../src/protocol/ledger-entry.ts';
import { eventually } from '../eventually.ts';
import { addShortfalls, checkAnchored, describeShortfall, isSound } from './check-anchored.ts';
import { controlRow, type FaultRow } from './fault-row.ts';
import type { ForkingLedger } from './forking-memory.ts';
import { hurriedClock } from './hurried-clock.ts';
import { type MemberOutbox, startMemberOutbox } from './member-outbox.ts';
import { recordsOf, type StudyPlace } from './study-records.ts';

export interface ReorganisationScale {
  /** For the report. */
  readonly chain: string;
  /** How deep each reorganisation goes, in turn. */
  readonly depths: readonly number[];
  readonly seed: string;
}

/** Blocks that must follow a record before it is shown as anchored. */
const CONFIRMATIONS = 6;
const MEMBERS = 2;
const HURRY = 50;

/** A chain on which the records of a study go in while it takes blocks back. */
export interface ForkingChain extends StudyPlace {
  readonly ledger: ForkingLedger;
}

/** Records go in while the chain takes its last blocks back, again and again; in the end each is on it, once. */
export async function reorganisations(chain: ForkingChain, scale: ReorganisationScale): Promise<FaultRow> {
  const { records, shortfall, early, takenBack } = await anchorThrough(chain, scale, CONFIRMATIONS);
  return {
    name: `reorganisations (${scale.chain})`,
    target: `depths ${Math.min(...scale.depths)} to ${Math.max(...scale.depths)}: ${records} records once each, none shown with < ${CONFIRMATIONS} blocks after it, none taken back at depth ≤ ${CONFIRMATIONS}`,
    measured: `${scale.depths.length} reorganisations: ${describeShortfall(shortfall)}, ${early} shown early, ${takenBack} taken back`,
    passed: isSound(shortfall) && early === 0 && takenBack === 0,
    seed: scale.seed,
  };
}

/** The control: without confirmations records are shown and taken back. */
export async function reorganisationControl(chain: ForkingChain, scale: ReorganisationScale): Promise<FaultRow> {
  const { takenBack } = await anchorThrough(chain, scale, 0);
  return controlRow({
    name: `reorganisations (${scale.chain}): no confirmations`,
    measured: `${takenBack} records shown as anchored and taken back`,
    noticed: takenBack,
    seed: scale.seed,
  });
}

async function anchorThrough(
  { ledger, study, domain }: ForkingChain,
  { depths, seed }: ReorganisationScale,
  confirmations: number,
) {
  const folder = await mkdtemp(join(tmpdir(), 'consilium-reorganisation-'));
  const random = createSeededRandom(seed, 'reorganisations');
  const shown = new Map<Hex, true>();
  let early = 0;
  /** Goes up at the beginning and at the end of each reorganisation. */
  let turnings = 0;
  const numbers = Array.from({ length: MEMBERS }, (_, i) => i + 1);
  const bring = numbers.map((n) => recordsOf(n, 2 * depths.length + 2, { study, domain }));
  const outboxes = numbers.map(
    (n): MemberOutbox =>
      startMemberOutbox({
        ledger: ledger.as(n),
        place: { study, domain },
        folder,
        name: `${n}`,
        clock: hurriedClock(HURRY),
        confirmations,
        onAnchored: (item, entry) => {
          shown.set(hashContent(item), true);
          const begun = turnings;
          void ledger.height().then((height) => {
            // A chain that is taking blocks back just now tells another height than the one that the outbox saw.
            if (begun === turnings && height - entry.blockNumber < confirmations) early += 1;
          });
        },
      }),
  );
  let takenBack = 0;
  try {
    for (const [turn, depth] of depths.entries()) {
      bring.forEach((items, i) => outboxes[i]?.add(items.slice(4 * turn, 4 * turn + 4)));
      await settleSome(ledger, outboxes, random.integer(8));
      const before = await onChain(ledger, study);
      turnings += 1;
      await ledger.reorganise(depth);
      turnings += 1;
      const after = await onChain(ledger, study);
      const lost = [...shown.keys()].filter((hash) => before.has(hash) && !after.has(hash)).length;
      if (depth <= CONFIRMATIONS) takenBack += lost;
    }
    bring.forEach((items, i) => outboxes[i]?.add(items));
    await eventually(async () => {
      await ledger.fill();
      for (const { store, outbox } of outboxes) {
        outbox.wake();
        if (store.outbox.pending().length > 0) throw new Error('records are still pending');
      }
    }, 120_000);
    const entries = await ledger.as(1).entries(study, 0);
    const told = bring.map((items) => items.map((item) => ({ kind: item.kind, hash: hashContent(item) })));
    return {
      records: bring.flat().length,
      shortfall: addShortfalls(told.map((each) => checkAnchored(entries, each))),
      early,
      takenBack,
    };
  } finally {
    for (const outbox of outboxes) await outbox.stop();
    await rm(folder, { recursive: true });
  }
}

/** Lets blocks come until the indexes have seen what is on the chain, and then some more. */
async function settleSome(ledger: ForkingLedger, outboxes: readonly MemberOutbox[], blocks: number): Promise<void> {
  await eventually(() => {
    for (const { store, index, outbox } of outboxes) {
      outbox.wake();
      const unsent = store.outbox.pending().filter((item) => index.find(hashContent(item)) === undefined);
      if (unsent.length > 0) throw new Error('records are still unsent');
    }
  });
  for (let i = 0; i < blocks; i++) await ledger.fill();
  const seen = outboxes.map(({ outbox }) => outbox.drained(10 * HURRY));
  await Promise.all(seen);
}

async function onChain(ledger: ForkingLedger, study: Hex): Promise<Set<Hex>> {
  return new Set((await ledger.as(1).entries(study, 0)).map(hashContent));
}
