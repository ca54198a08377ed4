import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Hex, ZERO_DIGEST } from '../../src/base/bytes.ts';
import type { Order } from '../../src/gossip/obtain-blobs.ts';
import { type BlobStore, createBlobStore } from '../../src/peer/blob-store.ts';
import { obtainTrainings } from '../../src/peer/obtain-trainings.ts';
import type { Pulled } from '../../src/peer/pull-segments.ts';
import type { StudySetting } from '../../src/peer/study-setting.ts';
import { encodeRecipe } from '../../src/protocol/recipe.ts';
import type { Codec } from '../../src/protocol/segment-codec.ts';
import { encodeSegment, rootOfDigests } from '../../src/protocol/segments.ts';
import { announcement, digest, memberAccount, STUDY } from '../builders.ts';

const ROUND = 3;
let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'consilium-trainings-'))));
afterAll(() => rm(folder, { recursive: true }));

let stores = 0;
const store = (): BlobStore => createBlobStore(join(folder, `${stores++}`));

/** A base of two segments with two parameters each, and the recipe that leads to it. */
async function keepBase(blobs: BlobStore, value: number) {
  const digests = await Promise.all(
    [value, value + 1].map((each) => blobs.put(encodeSegment(Float32Array.of(each, each)).slice())),
  );
  const root = rootOfDigests(digests);
  const entry = { member: memberAccount(2), round: ROUND - 1, update: digest('update') };
  const step = (result: Hex) => ({ sources: [0], weights: [1], scales: [1], result });
  const recipe = encodeRecipe({
    type: 'consilium/recipe/1',
    study: STUDY,
    round: ROUND - 1,
    member: memberAccount(2),
    base: digest('before'),
    entries: [entry],
    refused: [],
    segments: digests.map(step),
    result: root,
  });
  return { digests, root, recipe };
}

interface Case {
  readonly codec?: Codec;
  /** What the other member says that it trained from; by default the truth. */
  readonly named?: Hex;
  /** Whether anybody serves the segments of its base. */
  readonly isServed?: boolean;
  readonly hasRecipe?: boolean;
}

/** The own base is 10 and 11, the other member's 20 and 21; its update is 25 throughout. */
async function changes({ codec = { name: 'float32' }, named, isServed = true, hasRecipe = true }: Case) {
  const [blobs, elsewhere] = [store(), store()];
  const [own, theirs] = [await keepBase(blobs, 10), await keepBase(elsewhere, 20)];
  const recipe = hasRecipe ? await blobs.put(theirs.recipe) : digest('no recipe');
  const orders: Order[] = [];
  const setting = {
    self: memberAccount(1),
    manifest: { segments: 2, codec, rounds: 10 },
    blobs,
    network: {
      connectedMembers: () => [memberAccount(2)],
      obtain: async (wanted: readonly Order[], keep: (name: Hex, bytes: Uint8Array) => Promise<void>) => {
        for (const order of wanted) {
          orders.push(order);
          const bytes = isServed ? await elsewhere.get(order.digest) : null;
          if (bytes !== null) await keep(order.digest, bytes);
        }
      },
    },
  };
  const announcements = [
    announcement(1, { round: ROUND, base: own.root, recipe: ZERO_DIGEST }),
    announcement(2, { round: ROUND, base: named ?? theirs.root, recipe }),
  ];
  const pulled = {
    plan: { entries: [], sources: [[0, 1], [0]], own: 0 },
    announcements,
    refused: [],
    segmentOf: async (entry: number) => Float32Array.of(entry === 0 ? 12 : 25, entry === 0 ? 12 : 25),
  } satisfies Pulled;
  const progress = { round: ROUND, base: own.root, baseSegments: own.digests };
  const { isKnown, changeOf } = await obtainTrainings(
    setting as unknown as StudySetting,
    progress as never,
    pulled,
    AbortSignal.timeout(10_000),
  );
  return { isKnown, changeOf, orders, theirs };
}

describe('what a training changed', () => {
  test('is the difference from the base of its own member, which is fetched for the segments that were pulled', async () => {
    const { isKnown, changeOf, orders, theirs } = await changes({});
    expect(isKnown).toEqual([true, true]);
    expect(orders.map(({ digest: name, maximumBytes }) => [name, maximumBytes])).toEqual([[theirs.digests[0], 8]]);
    expect(await changeOf(0, 1)).toEqual(Float32Array.of(1, 1));
    expect(await changeOf(1, 0)).toEqual(Float32Array.of(5, 5));
  });

  test('is not known where the base cannot be had, or its recipe is missing or leads elsewhere', async () => {
    expect((await changes({ isServed: false })).isKnown).toEqual([true, false]);
    expect((await changes({ hasRecipe: false })).isKnown).toEqual([true, false]);
    expect((await changes({ named: digest('another base') })).isKnown).toEqual([true, false]);
  });

  test('is the difference from the own base where differences were sent, and nothing is fetched', async () => {
    const { changeOf, orders } = await changes({ codec: { name: 'top-k', share: 0.5, denseEvery: 10 } });
    expect(orders).toEqual([]);
    expect(await changeOf(1, 0)).toEqual(Float32Array.of(15, 15));
  });
});
