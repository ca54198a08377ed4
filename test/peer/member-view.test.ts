import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { logOf } from '../../scripts/bench/gaming/score-reports.ts';
import { ZERO_DIGEST } from '../../src/base/bytes.ts';
import { trainAlone } from '../../src/peer/alone/train-alone.ts';
import { createBlobStore } from '../../src/peer/blob-store.ts';
import { dataFolder } from '../../src/peer/data-folder.ts';
import { type MemberView, STAGES } from '../../src/peer/member-view.ts';
import type { PeerEvent } from '../../src/peer/peer-event.ts';
import { openPeerStore, type PeerStore } from '../../src/peer/peer-store.ts';
import { recordsAre } from '../../src/peer/pictures/records-are.ts';
import { prepareMember } from '../../src/peer/prepare-member.ts';
import { createMemberViewer, type MemberViewer } from '../../src/peer/view/create-member-viewer.ts';
import { findWarnings } from '../../src/peer/view/find-notices.ts';
import { FRESH_STAGES, followStages, viewStages } from '../../src/peer/view/follow-stages.ts';
import { listMembers } from '../../src/peer/view/list-members.ts';
import { ownValue } from '../../src/peer/view/own-value.ts';
import { createPrivacyGauge } from '../../src/peer/view/privacy-gauge.ts';
import { readLog } from '../../src/peer/view/read-log.ts';
import { rememberPerLog } from '../../src/peer/view/remember-per-log.ts';
import { standingOf } from '../../src/peer/view/standing-of.ts';
import { thinOut } from '../../src/peer/view/thin-out.ts';
import { createTrafficWindow } from '../../src/peer/view/traffic-window.ts';
import { roundMechanism } from '../../src/privacy/round-mechanism.ts';
import type { LedgerContent, LedgerEntry } from '../../src/protocol/ledger-entry.ts';
import type { Manifest } from '../../src/protocol/manifest.ts';
import { contribution, digest, memberAccount, STUDY } from '../builders.ts';
import { statusOf, viewOf } from './member-view-builder.ts';
import { recordedMember } from './recorded-member.ts';

const entry = (content: LedgerContent): LedgerEntry => ({
  ...content,
  sequence: 0,
  head: ZERO_DIGEST,
  blockNumber: 0,
  transaction: ZERO_DIGEST,
});
const joined = (n: number, position = n - 1): LedgerEntry =>
  entry({
    kind: 'joined',
    record: { study: STUDY, member: memberAccount(n), position, firstRound: 0, dataCommitment: ZERO_DIGEST },
  });

describe('the steps of a round', () => {
  const update = digest('u');
  const round = [
    { event: 'round.started', round: 2 },
    { event: 'round.epoch', round: 2, epoch: 1, loss: 0.5, accuracy: 0.5, keptEpoch: 1 },
    { event: 'round.evaluated', round: 2, heldOut: {} as never, common: null },
    { event: 'round.announced', round: 2, update },
    { event: 'round.pulling', round: 2, contributions: 3 },
    { event: 'round.pulled', round: 2 },
    { event: 'round.mixed', round: 2, entries: 3, refused: 0, result: update },
    { event: 'round.valued', round: 2, method: 'shapley', utilityMicros: 1, scoreErrorMicros: null, evaluations: 1 },
  ] as const satisfies readonly PeerEvent[];
  /** The step that is at work after each event, each coming a second after the one before. */
  const after = (events: readonly PeerEvent[]) =>
    events.reduce((stages, event, second) => followStages(stages, event, 1000 * second), FRESH_STAGES);
  const nowAt = (events: readonly PeerEvent[]) =>
    viewStages(after(events), 'ahead', 0).find(({ state }) => state === 'now')?.name;

  test('follow its events', () => {
    const steps = round.map((_, i) => nowAt(round.slice(0, i + 1)));
    expect(steps).toEqual(['train', 'train', 'announce', 'announce', 'pull', 'mix', 'value', undefined]);
    expect(after(round)).toMatchObject({ round: 2, epoch: { epoch: 1, loss: 0.5 }, contributions: 3 });
    const view = viewStages(after(round), 'now', 10_000);
    expect(view.map(({ state }) => state)).toEqual(['done', 'done', 'done', 'done', 'done', 'now']);
    expect(view.map(({ seconds }) => seconds)).toEqual([2, 2, 1, 1, 1, 7]);
  });

  test('begin anew with the next round', () => {
    const next = after([...round, { event: 'round.started', round: 3 }]);
    expect(viewStages(next, 'ahead', 8_500).map(({ state, seconds }) => [state, seconds])).toEqual([
      ['now', 0.5],
      ...STAGES.slice(1).map(() => ['ahead', null]),
    ]);
    expect(next.epoch).toBeNull();
  });

  test('are where the peer is, after a restart in the middle', () => {
    const view = viewStages(after(round.slice(3, 5)), 'done', 2_000);
    expect(view.map(({ state }) => state)).toEqual(['done', 'done', 'now', 'ahead', 'ahead', 'done']);
    expect(view[0]?.seconds).toBeNull();
  });
});

describe('traffic', () => {
  test('is a rate over the last seconds, and forgets what is long ago', () => {
    const traffic = createTrafficWindow();
    for (let second = 0; second <= 1000; second++) {
      const bytes = Math.min(second, 900) * 100;
      traffic.sample({ bytesIn: bytes, bytesOut: 2 * bytes }, 1000 * second);
      if (second === 3) expect(traffic.view(3000)).toMatchObject({ inPerSecond: 100, outPerSecond: 200 });
      if (second === 905) expect(traffic.view(905_000)).toMatchObject({ inPerSecond: 50, outPerSecond: 100 });
    }
    const { recent, ...now } = traffic.view(1_000_000);
    expect(now).toEqual({ bytesIn: 90_000, bytesOut: 180_000, inPerSecond: 0, outPerSecond: 0 });
    expect(recent).toHaveLength(60);
    expect(recent[0]).toEqual({ secondsAgo: 295, inPerSecond: 100, outPerSecond: 200 });
    expect(recent.at(-1)).toEqual({ secondsAgo: 0, inPerSecond: 0, outPerSecond: 0 });
  });

  test('is nothing before there is anything', () => {
    expect(createTrafficWindow().view(5)).toEqual({
      bytesIn: 0,
      bytesOut: 0,
      inPerSecond: 0,
      outPerSecond: 0,
      recent: [],
    });
  });
});

describe('the members', () => {
  const log = [
    joined(1),
    joined(2),
    joined(3),
    joined(4),
    entry({ kind: 'contribution', record: contribution({ member: memberAccount(2), round: 5 }) }),
    joined(5, 2), // the third one's key was rotated
    entry({ kind: 'withdrawn', record: { study: STUDY, member: memberAccount(4), endRound: 7 } }),
  ];
  const known = {
    self: memberAccount(1),
    rounds: 10,
    connected: [memberAccount(2)],
    banned: new Map([[memberAccount(5), 60]]),
    heard: new Map([
      [memberAccount(3), 4],
      [memberAccount(5), 6],
    ]),
    names: { [memberAccount(3)]: 'St. Mary' },
  };

  test('are listed by position, with what is known of each under all its accounts', () => {
    const rows = listMembers(readLog(log), known);
    expect(rows.map(({ connection }) => connection)).toEqual(['self', 'connected', 'banned', 'gone']);
    expect(rows[1]).toMatchObject({ position: 1, heardRound: null, ledgerRound: 5, name: null });
    expect(rows[2]).toMatchObject({ account: memberAccount(5), name: 'St. Mary', heardRound: 6, bannedSeconds: 60 });
    expect(rows[3]).toMatchObject({ endRound: 7 });
  });

  test('who have closed the study and gone are not missing', () => {
    const away = { ...known, connected: [], banned: new Map() };
    const stateOf = (rounds: number) => listMembers(readLog(log), { ...away, rounds })[1]?.connection;
    expect([stateOf(6), stateOf(5)]).toEqual(['missing', 'closed']); // the ledger has its record of round 5
  });

  test('stand as the consortium and the log say', () => {
    const members = new Set([1, 2, 5].map(memberAccount));
    const excluded = entry({ kind: 'excluded', record: { study: STUDY, member: memberAccount(2), endRound: 3 } });
    expect([1, 2, 3, 5].map((n) => standingOf(log, members, memberAccount(n)))).toEqual([
      'member',
      'member',
      'replaced',
      'member',
    ]);
    expect(standingOf([...log, excluded], members, memberAccount(2))).toBe('excluded');
    expect(standingOf([...log, excluded, joined(2)], members, memberAccount(2))).toBe('member');
    expect(standingOf(log, new Set(), memberAccount(1))).toBe('removed');
  });
});

describe("the value of a member's own contributions", () => {
  const self = `0x${'1'.padStart(40, '0')}` as const;

  test('is the median of the others, with how many they are and how far apart', () => {
    const log = logOf([
      [
        [9, 0, 0, 0],
        [10, 0, 0, 0],
        [30, 0, 0, 0],
        [-20, 0, 0, 0],
      ],
      [
        [0, 0, 0, 0],
        [1, 0, 0, 0],
        [2, 0, 0, 0],
        [3, 0, 0, 0],
      ],
    ]);
    expect(ownValue(readLog(log), self, 'shapley')).toEqual({
      method: 'shapley',
      minimumEvaluators: 3,
      totalMicros: 12,
      rounds: [
        { round: 0, scoreMicros: 10, evaluators: 3, lowestMicros: -20, highestMicros: 30 },
        { round: 1, scoreMicros: 2, evaluators: 3, lowestMicros: 1, highestMicros: 3 },
      ],
    });
  });

  test('is none where too few others scored it, and says how many did', () => {
    const log = logOf([
      [
        [0, 0, 0],
        [5, 0, 0],
        [7, 0, 0],
      ],
    ]);
    expect(ownValue(readLog(log), self, 'shapley')).toMatchObject({
      totalMicros: null,
      rounds: [{ scoreMicros: null, evaluators: 2, lowestMicros: 5, highestMicros: 7 }],
    });
  });
});

describe('the privacy budget', () => {
  const manifest = {
    privacy: { unit: 'member', clipNorm: 1, noiseMultiplier: 2 },
    epsilonBudgetMicros: 3_000_000,
    deltaBudgetPicos: 10_000_000,
  } as Manifest;
  const mechanism = roundMechanism(manifest.privacy, 100);

  test('tells for how many rounds the rest is enough: one more would be too much', () => {
    const spent = mechanism === null ? [] : [{ ...mechanism, steps: 1 }];
    const gauge = createPrivacyGauge(manifest, { spent: () => spent }, 100)(50);
    if (gauge === null || mechanism === null) throw new Error('there is a budget');
    const after = (rounds: number) =>
      createPrivacyGauge(manifest, { spent: () => [{ ...mechanism, steps: 1 + rounds }] }, 100)(0)?.spentMicros ?? 0;
    expect(gauge.roundsAffordable).toBeGreaterThan(0);
    expect(gauge.roundsAffordable).toBeLessThan(50);
    expect(after(gauge.roundsAffordable)).toBeLessThanOrEqual(3_000_000);
    expect(after(gauge.roundsAffordable + 1)).toBeGreaterThan(3_000_000);
  });

  test('is none where the study hides nothing', () => {
    const open = { ...manifest, privacy: { unit: 'none' } } as Manifest;
    expect(createPrivacyGauge(open, { spent: () => [] }, 100)(5)).toBeNull();
  });
});

describe('warnings', () => {
  const figures = (loss: number, accuracy: number) => ({ loss, accuracy, auc: null });
  const learningOf = (own: number, alone: number): MemberView['learning'] => ({
    rounds: [0, 1, 2, 3].map((round) => ({ round, heldOut: figures(own, 1 - own), common: null, training: null })),
    epochs: [],
    alone: {
      state: 'done',
      stepFactor: 1,
      points: [0, 1, 2, 3].map((round) => ({ round, heldOut: figures(alone, 1 - alone), common: null })),
    },
  });
  const privacy = {
    unit: 'record' as const,
    spentMicros: 1,
    budgetMicros: 2,
    deltaPicos: 1,
    roundsLeft: 5,
    rounds: [],
  };
  const others = (change: Partial<MemberView['members'][number]>) =>
    viewOf().members.map((member, i) => (i === 1 ? { ...member, ...change } : member));
  const codes = (fields: Partial<MemberView>) => findWarnings(viewOf(fields)).map(({ code }) => code);

  test.each<[string, Partial<MemberView>]>([
    ['notice/behind', { members: others({ heardRound: 5 }) }],
    ['notice/budget-ends-early', { privacy: { ...privacy, roundsAffordable: 4 } }],
    ['notice/worse-than-alone', { learning: learningOf(0.4, 0.3) }],
    ['notice/member-banned', { members: others({ connection: 'banned' }) }],
    ['notice/members-missing', { members: others({ connection: 'missing' }) }],
  ])('%s has a remedy', (code, fields) => {
    expect(codes(fields)).toEqual([code]);
    expect(findWarnings(viewOf(fields))[0]?.remedy.length).toBeGreaterThan(40);
  });

  test('are none where all is well', () => {
    const members = others({ heardRound: 4 });
    const learning = learningOf(0.31, 0.3);
    expect(codes({ members, learning, privacy: { ...privacy, roundsAffordable: 5 } })).toEqual([]);
  });

  test('begin with what keeps the peer from its work', () => {
    const problem = { code: 'status/no-quorum' as const, remedy: 'start them' };
    const missing = others({ connection: 'missing' });
    const banned = missing.map((member, i) => (i === 2 ? { ...member, connection: 'banned' as const } : member));
    expect(findWarnings(viewOf({ status: statusOf({ problems: [problem] }), members: banned }))).toEqual([
      { ...problem, severity: 'bad' },
      expect.objectContaining({ code: 'notice/member-banned', severity: 'notice' }),
    ]);
  });
});

test('the log is read anew when it has changed, but not so often that it costs much', () => {
  let [now, length, reads] = [0, 1, 0];
  const index = { entries: () => Array.from({ length }, () => joined(1)), generation: () => 0 };
  const facts = rememberPerLog(index, { now: () => now }, (entries) => {
    reads += 1;
    now += 100;
    return entries.length;
  });
  expect([facts(), facts(), reads]).toEqual([1, 1, 1]);
  length = 2;
  expect([facts(), reads]).toEqual([1, 1]); // it took 100 ms, so for five seconds it is left at that
  now += 5_000;
  expect([facts(), facts(), reads]).toEqual([2, 2, 2]);
});

test('of very many points as many are shown as a drawing has room for, the newest among them', () => {
  const points = Array.from({ length: 1001 }, (_, i) => i);
  const shown = thinOut(points);
  expect(shown.length).toBeLessThanOrEqual(400);
  expect(shown.at(-1)).toBe(1000);
  expect(thinOut([1, 2])).toEqual([1, 2]);
});

describe("a member's view", () => {
  let path: string;
  let store: PeerStore | null = null;
  beforeEach(async () => {
    path = await mkdtemp(join(tmpdir(), 'consilium-view-'));
  });
  afterEach(async () => {
    store?.close();
    store = null;
    await rm(path, { recursive: true, force: true });
  });

  async function open(log: readonly LedgerEntry[]): Promise<MemberViewer> {
    store?.close();
    const folder = dataFolder(path);
    store = openPeerStore(folder.database);
    const viewer = createMemberViewer({
      clock: { now: () => 0 },
      member: await prepareMember(path),
      index: { entries: () => log, generation: () => 0 },
      store,
      blobs: createBlobStore(folder.blobs),
      network: { traffic: () => ({ bytesIn: 1, bytesOut: 2 }) },
      folder,
      pictures: { current: () => null },
    });
    await viewer.load();
    return viewer;
  }
  const shown = (viewer: MemberViewer): MemberView => viewer.view(statusOf({ round: 3 }));

  test('has the same curves after a restart, from what is on disk', async () => {
    const { log, manifest } = await recordedMember(path);
    const first = await open(log);
    const done = store?.announcement(memberAccount(1), 2);
    const progress = { round: 2, base: ZERO_DIGEST, baseSegments: [], recipe: ZERO_DIGEST, mixed: [] };
    store?.saveProgress({ ...progress, valuation: null, utilityMicros: null, scoreErrorMicros: null });
    if (done) store?.outbox.add({ kind: 'contribution', record: done.record, signature: done.signature });
    for (const round of [0, 1, 2]) {
      await first.follow({ event: 'round.epoch', round, epoch: 1, loss: 1 - round / 4, accuracy: 0.5, keptEpoch: 1 });
      await first.follow({ event: 'round.announced', round, update: digest('u') });
    }
    await trainAlone(path, new AbortController().signal, 'wasm');
    await first.look();
    const before = shown(first);
    expect(before.learning.rounds.map(({ round }) => round)).toEqual([0, 1, 2]);
    expect(before.learning.rounds[0]?.heldOut).toEqual({ loss: 0.5, accuracy: 0.5, auc: null });
    expect(before.learning.epochs.map(({ loss }) => loss)).toEqual([1, 0.75, 0.5]);
    expect(before.learning.alone).toMatchObject({ state: 'done', points: [{ round: 0 }, {}, {}, { round: 3 }] });
    expect(before.outbox).toMatchObject({ pending: 1, items: [{ kind: 'contribution', round: 2, state: 'pending' }] });
    expect(before.members).toMatchObject([{ connection: 'self', heardRound: 2, ledgerRound: manifest.rounds - 1 }]);

    const { learning, value, outbox, members } = shown(await open(log));
    expect(learning).toEqual(before.learning);
    expect({ value, outbox, members }).toEqual({
      value: before.value,
      outbox: before.outbox,
      members: before.members,
    });
  });

  test('says whether the records are images or rows of a table before any picture of them was made', async () => {
    const { log } = await recordedMember(path);
    expect(shown(await open(log))).toMatchObject({ recordsAre: 'tables', picturesOf: null });
    expect(recordsAre({ inputShape: [28, 28, 1] })).toBe('images');
  });

  test('counts the round that is being trained as paid for, and not as one that is left', async () => {
    const { log, manifest } = await recordedMember(path);
    const privacy = { unit: 'member' as const, clipNorm: 1, noiseMultiplier: 2 };
    const budget = { epsilonBudgetMicros: 8_000_000, deltaBudgetPicos: 10_000_000 };
    await writeFile(join(path, 'manifest.json'), JSON.stringify({ ...manifest, privacy, ...budget }));
    const viewer = await open(log);
    const leftIn = (round: number) => viewer.view(statusOf({ round })).privacy?.roundsLeft;
    expect(leftIn(1)).toBe(2);
    const mechanism = roundMechanism(privacy, 40);
    if (mechanism !== null) store?.spending.add(1, mechanism);
    expect(leftIn(1)).toBe(1);
    expect(leftIn(2)).toBe(1);
  });

  test('says how far its own contribution has come on its way to the ledger', async () => {
    const { log } = await recordedMember(path);
    const viewer = await open(log);
    const anchorAt = (round: number) => viewer.view(statusOf({ round })).round.stages.at(-1)?.state;
    expect(anchorAt(9)).toBe('ahead');
    const own = store?.announcement(memberAccount(1), 1);
    if (!own) throw new Error('it was recorded');
    store?.outbox.add({ kind: 'contribution', record: own.record, signature: own.signature });
    expect(anchorAt(1)).toBe('now');
    store?.outbox.markAnchored(store.contributionHash(memberAccount(1), 1) ?? ZERO_DIGEST, 7);
    expect(anchorAt(1)).toBe('done');
    expect(shown(viewer).outbox).toMatchObject({ anchored: 1, items: [{ state: 'anchored', sequence: 7 }] });
  });

  test.each([
    ['waiting', {}],
    ['off', { aloneBaseline: false }],
  ])('says of training alone that it is %s where the configuration is %j', async (state, change) => {
    await recordedMember(path);
    const { config } = dataFolder(path);
    await writeFile(config, JSON.stringify({ ...JSON.parse(await readFile(config, 'utf8')), ...change }));
    expect(shown(await open([])).learning.alone.state).toBe(state);
  });
});
