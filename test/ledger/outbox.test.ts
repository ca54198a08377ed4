import { describe, expect, test } from 'vitest';
import type { Hex } from '../../src/base/bytes.ts';
import { ZERO_DIGEST } from '../../src/base/bytes.ts';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { type Ledger, LedgerError, type LedgerReader } from '../../src/ledger/ledger.ts';
import { createLedgerIndex } from '../../src/ledger/ledger-index.ts';
import { createMemoryLedger } from '../../src/ledger/memory-ledger.ts';
import { createOutbox, type OutboxItem, type OutboxStore } from '../../src/ledger/outbox.ts';
import { hashContent } from '../../src/protocol/ledger-entry.ts';
import { contribution, DOMAIN, digest, memberAccount, STUDY } from '../builders.ts';
import { eventually } from '../eventually.ts';

const item = (round: number): OutboxItem => ({
  kind: 'contribution',
  record: contribution({ round, scoreCommitment: ZERO_DIGEST }),
});

function memoryStore(items: readonly OutboxItem[]): OutboxStore & { anchored: Hex[]; refused: Hex[] } {
  const anchored: Hex[] = [];
  const refused: Hex[] = [];
  return {
    anchored,
    refused,
    pending: () => items.filter((i) => ![...anchored, ...refused].includes(hashContent(i))),
    markAnchored: (hash) => void anchored.push(hash),
    markRefused: (hash) => void refused.push(hash),
  };
}

async function studyLedger() {
  const memory = createMemoryLedger(DOMAIN);
  memory.admit(memberAccount(1));
  memory.openStudy({ study: STUDY, rounds: 9, maximumMembers: 4, epsilonBudgetMicros: 0 });
  const ledger = memory.as(memberAccount(1));
  await ledger.join(STUDY, digest('data'));
  return ledger;
}

/** Runs an outbox until nothing is pending, then stops it. */
async function runOutbox(ledger: Ledger, store: OutboxStore): Promise<void> {
  const index = createLedgerIndex(ledger, STUDY);
  const outbox = createOutbox({ ledger, index, store, clock: systemClock, logger: silentLogger, onAnchored: () => {} });
  const stopping = new AbortController();
  const running = outbox.run(stopping.signal);
  await eventually(() => expect(store.pending()).toEqual([]));
  expect(await outbox.drained(1000)).toBe(true);
  stopping.abort();
  await running;
}

describe('the outbox', () => {
  test('anchors what is in it, in order, each record once', async () => {
    const ledger = await studyLedger();
    const store = memoryStore([item(0), item(1), item(2)]);
    await runOutbox(ledger, store);
    expect(store.anchored).toEqual([item(0), item(1), item(2)].map(hashContent));
    expect((await ledger.entries(STUDY, 2)).map((entry) => entry.kind)).toEqual([
      'contribution',
      'contribution',
      'contribution',
    ]);
  });

  test('survives an outage, and a node that takes a transaction and then fails', async () => {
    const ledger = await studyLedger();
    let calls = 0;
    const flaky: Ledger = {
      ...ledger,
      study: async (study) => {
        if (++calls < 3) throw new LedgerError('ledger/unreachable', 'down');
        return ledger.study(study);
      },
      contribute: async (record) => {
        await ledger.contribute(record);
        throw new LedgerError('ledger/unreachable', 'the answer was lost');
      },
    };
    const store = memoryStore([item(0), item(1)]);
    await runOutbox(flaky, store);
    expect(store.anchored).toHaveLength(2);
    expect(await ledger.entries(STUDY, 2)).toHaveLength(2);
  });

  test('takes a record that somebody else brought for its own', async () => {
    const ledger = await studyLedger();
    await ledger.contribute(item(0).record as never);
    const store = memoryStore([item(0)]);
    await runOutbox(ledger, store);
    expect(store.anchored).toEqual([hashContent(item(0))]);
  });

  test('puts aside what the contract refuses for good, and goes on', async () => {
    const ledger = await studyLedger();
    const late: OutboxItem = {
      kind: 'contribution',
      record: contribution({ round: 99, scoreCommitment: ZERO_DIGEST }),
    };
    const store = memoryStore([late, item(0)]);
    await runOutbox(ledger, store);
    expect(store.refused).toEqual([hashContent(late)]);
    expect(store.anchored).toEqual([hashContent(item(0))]);
  });
});

describe('the index', () => {
  const filled = async () => {
    const ledger = await studyLedger();
    for (const round of [0, 1, 2]) await ledger.contribute(item(round).record as never);
    return ledger;
  };

  test('finds records by what they say', async () => {
    const index = createLedgerIndex(await filled(), STUDY);
    await index.refresh();
    expect(index.find(hashContent(item(1)))?.sequence).toBe(3);
    expect(index.find(hashContent(item(7)))).toBeUndefined();
  });

  test('is not fooled by a node that leaves out, changes or reorders entries', async () => {
    const ledger = await filled();
    const lies: LedgerReader['entries'][] = [
      async (study, from) => (await ledger.entries(study, from)).toSpliced(2, 1),
      async (study, from) => (await ledger.entries(study, from)).toReversed(),
      async (study, from) =>
        (await ledger.entries(study, from)).map((entry) =>
          entry.kind === 'contribution' ? { ...entry, record: { ...entry.record, samples: 1 } } : entry,
        ),
    ];
    for (const entries of lies) {
      const index = createLedgerIndex({ ...ledger, entries }, STUDY);
      await expect(index.refresh()).rejects.toThrow(expect.objectContaining({ code: 'ledger/inconsistent' }));
    }
  });

  test('starts over when the chain no longer holds what was read', async () => {
    const before = await filled();
    const after = await studyLedger();
    await after.contribute(item(1).record as never);
    let current: LedgerReader = before;
    const index = createLedgerIndex(
      { ...before, study: (s) => current.study(s), entries: (s, from) => current.entries(s, from) },
      STUDY,
    );
    await index.refresh();
    expect(index.entries()).toHaveLength(5);
    current = after; // a reorganisation
    await index.refresh();
    expect(index.entries()).toHaveLength(3);
    expect(index.find(hashContent(item(0)))).toBeUndefined();
  });

  test('bears being asked by several at once', async () => {
    const index = createLedgerIndex(await filled(), STUDY);
    await Promise.all([index.refresh(), index.refresh(), index.refresh()]);
    expect(index.entries()).toHaveLength(5);
  });

  test('of a study that is not there says so', async () => {
    const index = createLedgerIndex(createMemoryLedger(DOMAIN), digest('none'));
    await expect(index.refresh()).rejects.toThrow(expect.objectContaining({ code: 'ledger/unknown-study' }));
  });
});
