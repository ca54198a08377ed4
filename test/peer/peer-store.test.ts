import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createBlobStore } from '../../src/peer/blob-store.ts';
import { openPeerStore } from '../../src/peer/peer-store.ts';
import { type Contribution, hashContribution } from '../../src/protocol/contribution.ts';
import { announcement, contribution, digest, memberAccount } from '../builders.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-store-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('the peer store', () => {
  const open = () => openPeerStore(join(folder, 'peer.db'));

  test('remembers its contribution, and what is to be anchored, over a restart', () => {
    const store = open();
    store.keepOwn(announcement(1));
    store.close();
    const again = open();
    expect(again.announcement(memberAccount(1), 0)).toEqual(announcement(1));
    expect(again.outbox.pending()).toMatchObject([{ kind: 'contribution', record: announcement(1).record }]);
    again.outbox.markAnchored(hashContribution(announcement(1).record), 4);
    expect(again.outbox.counts()).toEqual({ pending: 0, anchored: 1, refused: 0 });
    again.close();
  });

  test('keeps one contribution a round for ever: another one is refused, the same one again is not', () => {
    const store = open();
    store.keepOwn(announcement(1));
    store.keepOwn(announcement(1));
    expect(() => store.keepOwn(announcement(1, { samples: 7 }))).toThrow(
      expect.objectContaining({ code: 'peer/double-signing' }),
    );
    store.close();
    const again = open();
    expect(() => again.keepOwn(announcement(1, { samples: 7 }))).toThrow(
      expect.objectContaining({ code: 'peer/double-signing' }),
    );
    expect(again.outbox.pending()).toHaveLength(1);
    again.close();
  });

  test('belongs to one process at a time', () => {
    const store = open();
    expect(open).toThrow(expect.objectContaining({ code: 'peer/store-locked' }));
    store.close();
    open().close();
  });

  test('is made whole or not at all, so that a peer that is killed meanwhile can make it again', async () => {
    const { DatabaseSync } = await import('node:sqlite');
    const path = join(folder, 'peer.db');
    const change = (sql: string): void => {
      const database = new DatabaseSync(path);
      database.exec(sql);
      database.close();
    };
    change('CREATE TABLE velocity (stands INTEGER)'); // in the way of the last table, as a kill before it would be
    expect(open).toThrow('table velocity already exists');
    change('DROP TABLE velocity');
    open().close();
  });

  test('of a newer version is left alone', async () => {
    const { DatabaseSync } = await import('node:sqlite');
    const database = new DatabaseSync(join(folder, 'peer.db'));
    database.exec('PRAGMA user_version = 99');
    database.close();
    expect(open).toThrow(expect.objectContaining({ code: 'peer/store-version' }));
  });

  test('keeps the place where the peer stands', () => {
    const store = open();
    expect(store.progress()).toBeNull();
    const progress = {
      round: 3,
      base: digest('base'),
      baseSegments: [digest('a'), digest('b')],
      recipe: digest('recipe'),
      valuation: null,
      utilityMicros: -5,
      scoreErrorMicros: 7,
      mixed: ['2/0xabc'],
    };
    store.saveProgress(progress);
    expect(store.progress()).toEqual(progress);
    store.close();
  });
});

describe('the blob store', () => {
  test('gives back what was put in, by digest', async () => {
    const blobs = createBlobStore(join(folder, 'blobs'));
    const bytes = Uint8Array.of(1, 2, 3);
    const name = await blobs.put(bytes);
    expect(await blobs.get(name)).toEqual(bytes);
    expect(await blobs.put(bytes)).toBe(name);
    expect(await blobs.get(digest('something else'))).toBeNull();
  });

  test('counts a blob that rotted on disk as lost', async () => {
    const before = createBlobStore(join(folder, 'blobs'));
    const name = await before.put(Uint8Array.of(1, 2, 3));
    const [shelf] = await readdir(join(folder, 'blobs'));
    await writeFile(join(folder, 'blobs', shelf ?? '', name.slice(2)), Uint8Array.of(1, 2, 2));
    expect(await before.get(name)).toEqual(Uint8Array.of(1, 2, 3)); // what is still in memory did not rot
    const blobs = createBlobStore(join(folder, 'blobs'));
    expect(await blobs.get(name)).toBeNull();
    await blobs.put(Uint8Array.of(1, 2, 3)); // and can be had again
    expect(await blobs.has(name)).toBe(true);
  });

  test('keeps what was used last in memory, up to a bound', async () => {
    const blobs = createBlobStore(join(folder, 'blobs'));
    const names: string[] = [];
    for (let i = 0; i < 9; i++) names.push(await blobs.put(new Uint8Array(8 * 1024 * 1024).fill(i)));
    await rm(join(folder, 'blobs'), { recursive: true });
    const held = await Promise.all(names.map((name) => blobs.get(name as `0x${string}`)));
    expect(held.map((bytes) => bytes?.[0] ?? null)).toEqual([null, 1, 2, 3, 4, 5, 6, 7, 8]);
  });

  test('leaves no scratch files', async () => {
    const blobs = createBlobStore(join(folder, 'blobs'));
    const name = await blobs.put(Uint8Array.of(9));
    expect(await readdir(join(folder, 'blobs', name.slice(2, 4)))).toEqual([name.slice(2)]);
  });
});

describe('the signing guard', () => {
  const open = () => openPeerStore(join(folder, 'peer.db'));
  const draft = (fields: Partial<Contribution> = {}) => ({ record: contribution(fields), segments: [digest('s')] });
  const mark = (fields: Partial<Contribution> = {}) => ({
    round: fields.round ?? 0,
    hash: hashContribution(contribution(fields)),
  });
  const refused = (code: string) => expect.objectContaining({ code });

  test('lets nothing be signed before it has heard from the ledger, not even after a restart', () => {
    const store = open();
    expect(() => store.guard.claim(draft())).toThrow(refused('peer/guard-not-synchronised'));
    store.guard.synchronise([]);
    store.guard.claim(draft());
    store.close();
    const again = open();
    expect(() => again.guard.claim(draft())).toThrow(refused('peer/guard-not-synchronised'));
    again.close();
  });

  test('remembers what was about to be signed when the process died, and signs nothing else', () => {
    const store = open();
    store.guard.synchronise([]);
    store.guard.claim(draft());
    store.close();
    const again = open();
    again.guard.synchronise([]);
    expect(again.guard.claimed(0)).toEqual(draft());
    expect(again.announcement(memberAccount(1), 0)).toBeNull();
    expect(() => again.guard.claim(draft({ samples: 7 }))).toThrow(refused('peer/double-signing'));
    again.guard.claim(draft());
    again.close();
  });

  test('of a folder restored from a copy signs what the ledger has, and nothing before it', () => {
    const store = open();
    store.guard.synchronise([mark({ round: 4 }), mark({ round: 5 })]);
    expect(() => store.guard.claim(draft({ round: 5, samples: 7 }))).toThrow(refused('peer/double-signing'));
    expect(() => store.guard.claim(draft({ round: 3 }))).toThrow(refused('peer/double-signing'));
    store.guard.claim(draft({ round: 5 }));
    store.guard.claim(draft({ round: 6 }));
    store.close();
  });

  test('refuses a ledger that has another record of its member than the folder', () => {
    const store = open();
    store.guard.synchronise([]);
    store.guard.claim(draft());
    expect(() => store.guard.synchronise([mark({ samples: 7 })])).toThrow(refused('peer/double-signing'));
    store.close();
  });

  test('takes in the marks of another folder, all or none', () => {
    const store = open();
    store.guard.admit([mark({ round: 1 })]);
    expect(() => store.guard.admit([mark({ round: 2 }), mark({ round: 1, samples: 7 })])).toThrow(
      refused('peer/double-signing'),
    );
    expect(store.guard.marks()).toEqual([mark({ round: 1 })]);
    store.guard.admit([mark({ round: 1 }), mark({ round: 2 })]);
    expect(store.guard.marks()).toHaveLength(2);
    store.close();
  });
});
