import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashContent } from '../../src/protocol/ledger-entry.ts';
import { DOMAIN, STUDY } from '../builders.ts';
import { eventually } from '../eventually.ts';
import { checkAnchored, describeShortfall, isSound } from './check-anchored.ts';
import type { FaultRow } from './fault-row.ts';
import { createForkingMemory } from './forking-memory.ts';
import { hurriedClock } from './hurried-clock.ts';
import { startMemberOutbox } from './member-outbox.ts';
import { recordsOf } from './study-records.ts';

const CONFIRMATIONS = 3;
const HURRY = 50;
const ROUNDS = 12;

/**
 * A reorganisation that is deeper than the confirmations comes while the outbox asks whether a record is final. What it takes back
 * must go first again: the contract takes a member's rounds in ascending order only, and refuses for good what comes too late.
 */
export async function takenBack(): Promise<FaultRow> {
  const forking = await createForkingMemory(1);
  const ledger = forking.as(1);
  const folder = await mkdtemp(join(tmpdir(), 'consilium-taken-back-'));
  let armed = false;
  const member = startMemberOutbox({
    ledger: {
      ...ledger,
      receipt: async (transaction) => {
        if (armed) await forking.reorganise(1_000);
        armed = false;
        return ledger.receipt(transaction);
      },
    },
    place: { study: STUDY, domain: DOMAIN },
    folder,
    name: '1',
    clock: hurriedClock(HURRY),
    confirmations: CONFIRMATIONS,
  });
  const items = recordsOf(1, ROUNDS, { study: STUDY, domain: DOMAIN });
  const settled = (pending: number) =>
    eventually(async () => {
      member.outbox.wake();
      if (member.store.outbox.pending().length > pending) {
        await forking.fill();
        throw new Error('records are still pending');
      }
    });
  try {
    for (const item of items.slice(0, -1)) {
      member.add([item]);
      await settled(0);
    }
    member.add(items.slice(-1));
    await eventually(() => {
      if (member.index.find(hashContent(items.at(-1) as (typeof items)[number])) === undefined)
        throw new Error('not sent');
    });
    armed = true;
    await settled(0);
    // What was taken back after all was settled is found by the next look at the ledger.
    await member.outbox.drained(HURRY * 100);
    await eventually(async () => {
      await forking.fill();
      member.outbox.wake();
      if (armed || member.store.outbox.pending().length > 0) throw new Error('records are still pending');
    });
    const told = items.map((item) => ({ kind: item.kind, hash: hashContent(item) }));
    const shortfall = checkAnchored(await ledger.entries(STUDY, 0), told);
    return {
      name: 'reorganisation while the outbox asks for receipts',
      target: `${items.length} records: 0 lost, 0 twice, order kept`,
      measured: describeShortfall(shortfall),
      passed: isSound(shortfall),
      seed: '-',
    };
  } finally {
    await member.stop();
    await rm(folder, { recursive: true });
  }
}
