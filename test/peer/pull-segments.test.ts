import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Order } from '../../src/gossip/obtain-blobs.ts';
import { type BlobStore, createBlobStore } from '../../src/peer/blob-store.ts';
import { pullSegments } from '../../src/peer/pull-segments.ts';
import type { StudySetting } from '../../src/peer/study-setting.ts';
import type { Announcement } from '../../src/protocol/announcement.ts';
import type { Codec } from '../../src/protocol/segment-codec.ts';
import { encodeSegment } from '../../src/protocol/segments.ts';
import { announcement, memberAccount } from '../builders.ts';

/** Five parameters in two segments: two, then three. */
const PARAMETERS = 5;
const ROUND = 1;
const [SELF, VICTIM, COPIER] = [memberAccount(1), memberAccount(2), memberAccount(3)];

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'consilium-pull-'))));
afterAll(() => rm(folder, { recursive: true }));

let stores = 0;
/** @param remote what the others hold, handed over as the network would */
async function pull(
  codec: Codec,
  announcements: readonly Announcement[],
  { blobs, remote = [] }: { blobs: BlobStore; remote?: readonly Uint8Array[] },
) {
  const orders: Order[] = [];
  const elsewhere = createBlobStore(join(folder, `${stores++}`));
  for (const bytes of remote) await elsewhere.put(bytes);
  const setting = {
    self: SELF,
    manifest: { segments: 2, codec, rounds: 10 },
    model: { layout: { parameterCount: PARAMETERS } },
    blobs,
    network: {
      connectedMembers: () => [VICTIM, COPIER],
      obtain: async (wanted: readonly Order[], keep: (digest: `0x${string}`, bytes: Uint8Array) => Promise<void>) => {
        for (const order of wanted) {
          orders.push(order);
          const bytes = await elsewhere.get(order.digest);
          if (bytes !== null && bytes.length <= order.maximumBytes) await keep(order.digest, bytes);
        }
      },
    },
  };
  const baseOf = async (segment: number): Promise<Float32Array> => new Float32Array(2 + segment);
  const question = { round: ROUND, pulls: 2, announcements, baseOf };
  const pulled = await pullSegments(setting as unknown as StudySetting, question, AbortSignal.timeout(10_000));
  return { ...pulled, orders };
}

const store = (): BlobStore => createBlobStore(join(folder, `${stores++}`));

function updateOf(n: number, segments: readonly `0x${string}`[]): Announcement {
  return { ...announcement(n, { round: ROUND }), segments: [...segments] };
}

const floats = (...values: number[]): Uint8Array => encodeSegment(Float32Array.from(values)).slice();

test.each(['here already', 'pulled from others'])(
  'whoever lists the segment of another at a place that it does not fit is refused, and the other is not (%s)',
  async (where) => {
    const blobs = store();
    const others = where === 'here already' ? blobs : store();
    const remote = [floats(3, 4), floats(5, 6, 7)];
    const own = [await blobs.put(floats(1, 2)), await blobs.put(floats(1, 2, 3))];
    const victim = await Promise.all(remote.map((bytes) => others.put(bytes)));
    const [first] = victim as [`0x${string}`];
    const announcements = [updateOf(1, own), updateOf(2, victim), updateOf(3, [first, first])];
    const { refused, plan, orders } = await pull({ name: 'float32' }, announcements, { blobs, remote });
    expect(refused).toEqual([{ member: COPIER, round: ROUND, reason: 'malformed' }]);
    expect(plan.entries.map(({ member }) => member).toSorted()).toEqual([SELF, VICTIM].toSorted());
    const order = orders.find(({ digest, maximumBytes }) => digest === first && maximumBytes > 0);
    if (where !== 'here already') expect(order?.maximumBytes).toBe(12); // as long as the longest place allows
  },
);

test("a copy of the mixer's own segment at a place that it does not fit does not spoil the mixer's own contribution", async () => {
  const blobs = store();
  const own = [await blobs.put(floats(1, 2)), await blobs.put(floats(1, 2, 3))];
  const [first] = own as [`0x${string}`];
  const { refused, plan } = await pull({ name: 'float32' }, [updateOf(1, own), updateOf(3, [first, first])], { blobs });
  expect(refused).toEqual([{ member: COPIER, round: ROUND, reason: 'malformed' }]);
  expect(plan.sources).toEqual([[0], [0]]);
});

test('one blob is read at each of its places by the rule of that place', async () => {
  const codec: Codec = { name: 'top-k', share: 0.5, denseEvery: 5 };
  const blobs = store();
  // Eight bytes: two parameters in a dense round, one difference in a sparse one.
  const twice = Uint8Array.of(1, 0, 0, 0, 0, 0, 128, 63);
  const dense = [await blobs.put(twice), await blobs.put(floats(1, 2, 3))];
  const sparse = [
    dense[0] as `0x${string}`,
    await blobs.put(new Uint8Array([0, 0, 0, 0, 2, 0, 0, 0, ...new Uint8Array(8)])),
  ];
  const late = { ...announcement(2, { round: 0 }), segments: dense };
  const { refused, plan, segmentOf } = await pull(codec, [updateOf(1, sparse), late], { blobs });
  expect(refused).toEqual([]);
  const read = async (member: string) => [
    ...(await segmentOf(
      plan.entries.findIndex((entry) => entry.member === member),
      0,
    )),
  ];
  expect(await read(SELF)).toEqual([0, 1]);
  expect(await read(VICTIM)).toEqual([2 ** -149, 1]);
});
