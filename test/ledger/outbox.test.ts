import { describe, expect, test } from 'vitest';
import type { Hex } from '../../src/base/bytes.ts';
import { ZERO_DIGEST } from '../../src/base/bytes.ts';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { type Ledger, LedgerError, type LedgerReader } from '../../src/ledger/ledger.ts';
import { createLedgerIndex } from '../../src/ledger/ledger-index.ts';
import { createMemoryLedger } from '../../src/ledger/memory/memory-ledger.ts';
import { createOutbox, type OutboxStore } from '../../src/ledger/outbox.ts';
import type { OutboxItem } from '../../src/ledger/outbox-item.ts';
import { hashContent } from '../../src/protocol/ledger-entry.ts';
import { hashValuation, packScores } from '../../src/protocol/valuation.ts';
import { announcement, DOMAIN, digest, memberAccount, STUDY } from '../builders.ts';
import { eventually } from '../eventually.ts';

const item = (round: number): OutboxItem => ({
  kind: 'contribution',
  ...announcement(1, { round, scoreCommitment: ZERO_DIGEST }),
});

type TestStore = OutboxStore & { state: Map<Hex, 'anchored' | 'refused'> };

function memoryStore(items: readonly OutboxItem[]): TestStore {
  const state = new Map<Hex, 'anchored' | 'refused'>();
  return {
    state,
    pending: () => items.filter((i) => !state.has(hashContent(i))),
    anchored: () => [...state].flatMap(([hash, is]) => (is === 'anchored' ? hash : [])),
    markAnchored: (hash) => void state.set(hash, 'anchored'),
    markRefused: (hash) => void state.set(hash, 'refused'),
    reopen: (hash) => void state.delete(hash),
  };
}

const TERMS = { rounds: 9, maximumMembers: 4, stalenessBound: 1, epsilonBudgetMicros: 0, deltaBudgetPicos: 0 };

async function studyLedger() {
  const memory = createMemoryLedger(DOMAIN);
  memory.membership.admit(memberAccount(1));
  memory.openStudy({ study: STUDY, ...TERMS });
  const ledger = memory.as(memberAccount(1));
  await ledger.join(STUDY, digest('data'));
  return ledger;
}

/** Runs an outbox until nothing is pending, then stops it. */
async function runOutbox(ledger: Ledger, store: OutboxStore, confirmations = 0): Promise<void> {
  const index = createLedgerIndex(ledger, STUDY);
  const deps = { ledger, index, store, clock: systemClock, logger: silentLogger, confirmations };
  const outbox = createOutbox({ ...deps, onAnchored: () => {} });
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
    expect(store.anchored()).toEqual([item(0), item(1), item(2)].map(hashContent));
    expect((await ledger.entries(STUDY, 2)).map((entry) => entry.kind)).toEqual([
      'contribution',
      'contribution',
      'contribution',
    ]);
  });

  test('asks a node that is away no more often because somebody waits', async () => {
    let asked = 0;
    const away: Ledger = {
      ...(await studyLedger()),
      blockNumber: () => Promise.reject(new LedgerError('ledger/unreachable', 'away')),
      entries: () => Promise.reject(new LedgerError('ledger/unreachable', `away ${++asked}`)),
    };
    const index = createLedgerIndex(away, STUDY);
    const deps = { ledger: away, index, store: memoryStore([item(0)]), clock: systemClock, logger: silentLogger };
    const outbox = createOutbox({ ...deps, confirmations: 0, onAnchored: () => {} });
    const stopping = new AbortController();
    const running = outbox.run(stopping.signal);
    expect(await outbox.drained(1_500)).toBe(false);
    stopping.abort();
    await running;
    expect(asked).toBeGreaterThan(1);
    expect(asked).toBeLessThanOrEqual(5); // at once, when somebody began to wait, and after 250, 500 and 1,000 ms
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
      contributeFor: async (signed) => {
        await ledger.contributeFor(signed);
        throw new LedgerError('ledger/unreachable', 'the answer was lost');
      },
    };
    const store = memoryStore([item(0), item(1)]);
    await runOutbox(flaky, store);
    expect(store.anchored()).toHaveLength(2);
    expect(await ledger.entries(STUDY, 2)).toHaveLength(2);
  });

  test('takes a record that somebody else brought for its own', async () => {
    const ledger = await studyLedger();
    await ledger.contribute(item(0).record as never);
    const store = memoryStore([item(0)]);
    await runOutbox(ledger, store);
    expect(store.anchored()).toEqual([hashContent(item(0))]);
  });

  test('puts aside what the contract refuses for good, and goes on', async () => {
    const ledger = await studyLedger();
    const late = item(99);
    const store = memoryStore([late, item(0)]);
    await runOutbox(ledger, store);
    expect(store.state.get(hashContent(late))).toBe('refused');
    expect(store.anchored()).toEqual([hashContent(item(0))]);
  });
});

/** A contribution of each round, and after it the scores of the round before: what a peer puts into its outbox. */
function backlog(rounds: number): OutboxItem[] {
  return Array.from({ length: rounds }, (_, round) => round).flatMap((round): OutboxItem[] => {
    if (round === 0) return [item(0)];
    const valuation = {
      study: STUDY,
      round: round - 1,
      evaluator: memberAccount(1),
      scores: packScores([round]),
      salt: digest(`salt ${round}`),
    };
    const signed = announcement(1, { round, scoreCommitment: hashValuation(valuation) });
    return [
      { kind: 'contribution', ...signed },
      { kind: 'valuation', record: valuation },
    ];
  });
}

describe('an outbox with a backlog', () => {
  test('sends records together, and loses no scores by it', async () => {
    const ledger = await studyLedger();
    const store = memoryStore(backlog(9));
    const sent: number[] = [];
    const watched: Ledger = {
      ...ledger,
      contributeFor: (signed) => (sent.push(signed.length), ledger.contributeFor(signed)),
      reveal: (valuations) => (sent.push(valuations.length), ledger.reveal(valuations)),
    };
    await runOutbox(watched, store);
    expect(store.anchored()).toHaveLength(17);
    expect(Math.max(...sent)).toBeGreaterThan(1);
    const entries = await ledger.entries(STUDY, 2);
    expect(
      entries.filter(({ kind }) => kind === 'contribution').map(({ record }) => 'round' in record && record.round),
    ).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(entries.filter(({ kind }) => kind === 'valuation')).toHaveLength(8);
  });

  test('finds the one record in a batch that the contract refuses', async () => {
    const ledger = await studyLedger();
    const [first, second, third] = [item(0), item(99), item(2)];
    const store = memoryStore([first, second, third]);
    await runOutbox(ledger, store);
    expect(store.anchored()).toEqual([first, third].map(hashContent));
    expect(store.state.get(hashContent(second))).toBe('refused');
  });
});

describe('an outbox that waits for confirmations', () => {
  test('calls a record anchored only when enough blocks follow it', async () => {
    const ledger = await studyLedger();
    const store = memoryStore([item(0)]);
    let height = 0;
    const slow: Ledger = { ...ledger, blockNumber: async () => height };
    const index = createLedgerIndex(slow, STUDY);
    const deps = { ledger: slow, index, store, clock: systemClock, logger: silentLogger, confirmations: 5 };
    const outbox = createOutbox({ ...deps, onAnchored: () => {} });
    const stopping = new AbortController();
    const running = outbox.run(stopping.signal);
    await eventually(() => expect(index.find(hashContent(item(0)))).toBeDefined());
    const { blockNumber } = index.find(hashContent(item(0))) ?? { blockNumber: 0 };
    height = blockNumber + 4;
    expect(await outbox.drained(300)).toBe(false);
    height = blockNumber + 5;
    expect(await outbox.drained(5_000)).toBe(true);
    stopping.abort();
    await running;
  });

  test('brings a record again that a reorganisation took back', async () => {
    const before = await studyLedger();
    const after = await studyLedger();
    let current: Ledger = before;
    const switching: Ledger = {
      ...before,
      study: (s) => current.study(s),
      entries: (s, from) => current.entries(s, from),
      contribute: (record) => current.contribute(record),
    };
    const store = memoryStore([item(0)]);
    const index = createLedgerIndex(switching, STUDY);
    const deps = { ledger: switching, index, store, clock: systemClock, logger: silentLogger, confirmations: 0 };
    const outbox = createOutbox({ ...deps, onAnchored: () => {} });
    const stopping = new AbortController();
    const running = outbox.run(stopping.signal);
    await eventually(() => expect(store.anchored()).toHaveLength(1));
    current = after; // the block with the record is gone
    outbox.wake();
    await eventually(async () => expect(await after.entries(STUDY, 2)).toHaveLength(1));
    await eventually(() => expect(store.anchored()).toHaveLength(1));
    stopping.abort();
    await running;
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
      async (study, from) => (await ledger.entries(study, from)).slice(0, -1),
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
