import { expect, test } from 'vitest';
import type { Hex } from '../../src/base/bytes.ts';
import { ConsiliumError } from '../../src/base/errors.ts';
import type { Want } from '../../src/gossip/frame-receiver.ts';
import { type ObtainDeps, type Order, obtainBlobs } from '../../src/gossip/obtain-blobs.ts';
import { digest, memberAccount } from '../builders.ts';

const [A, B, C] = [memberAccount(1), memberAccount(2), memberAccount(3)];
const blob = (name: string): Uint8Array => Buffer.from(name);

type Behaviour = 'too long' | 'dead' | 'dies' | 'lies' | 'dies once';

/** Members that hold some blobs; `behaviour` makes one of them fail. */
function network(held: Record<Hex, string[]>, behaviour: Record<Hex, Behaviour> = {}) {
  const asked: string[] = [];
  const liars: Hex[] = [];
  const kept: string[] = [];
  const mostOpen = new Map<Hex, number>();
  const dead = new Set<Hex>();
  const deps: ObtainDeps = {
    async open(member) {
      if (behaviour[member] === 'dead') throw new Error('no connection');
      const wants: Want[] = [];
      let answers = 0;
      return {
        request(want) {
          asked.push(`${member}/${want.digest}`);
          wants.push(want);
          mostOpen.set(member, Math.max(mostOpen.get(member) ?? 0, wants.length));
        },
        async receive() {
          const want = wants.shift();
          const breaks = behaviour[member] === 'dies' || (behaviour[member] === 'dies once' && !dead.has(member));
          if (breaks && answers === 1) {
            dead.add(member);
            throw new ConsiliumError('gossip/broken', 'connection lost');
          }
          if (behaviour[member] === 'too long' && want?.digest === digest('x')) {
            throw new ConsiliumError('gossip/too-long', 'more than was asked for');
          }
          if (behaviour[member] === 'lies') throw new ConsiliumError('gossip/wrong-content', 'other bytes');
          answers += 1;
          const name = held[member]?.find((candidate) => digest(candidate) === want?.digest);
          return name === undefined ? null : blob(name);
        },
        close: () => {},
      };
    },
    onWrongContent: (member) => void liars.push(member),
    keep: async (_digest, bytes) => void kept.push(Buffer.from(bytes).toString()),
  };
  return { deps, asked, liars, kept, mostOpen };
}

const order = (name: string, ...providers: Hex[]): Order => ({ digest: digest(name), maximumBytes: 100, providers });
const { signal } = new AbortController();

test('every blob comes from its first provider where that holds it', async () => {
  const { deps, asked } = network({ [A]: ['x'], [B]: ['y'] });
  const blobs = await obtainBlobs(deps, [order('x', A, B), order('y', B, A)], signal);
  expect([...blobs].toSorted()).toEqual([digest('x'), digest('y')].toSorted());
  expect(asked).toHaveLength(2);
});

test('a provider that is gone, breaks off or lies costs one step to the next', async () => {
  for (const behaviour of ['dead', 'dies', 'lies'] as const) {
    const { deps } = network({ [A]: ['x', 'y'], [B]: ['x', 'y'] }, { [A]: behaviour });
    const blobs = await obtainBlobs(deps, [order('x', A, B), order('y', A, B)], signal);
    expect(blobs.size).toBe(2);
  }
});

test('a broken transfer loses nothing that had arrived, and goes on with the same provider', async () => {
  const names = ['x', 'y', 'z'];
  const { deps, asked, kept } = network({ [A]: names, [B]: names }, { [A]: 'dies once' });
  await obtainBlobs(
    deps,
    names.map((name) => order(name, A, B)),
    signal,
  );
  expect(kept.toSorted()).toEqual(names);
  expect(asked.filter((entry) => entry === `${A}/${digest('x')}`)).toHaveLength(1);
  expect(asked.filter((entry) => entry.startsWith(B))).toEqual([]);
});

test('a provider that breaks off again and again is given up', async () => {
  const names = Array.from({ length: 9 }, (_, i) => `blob ${i}`);
  const { deps, kept } = network({ [A]: [], [B]: names }, { [A]: 'dies' });
  const wanted = names.map((name) => order(name, A, B));
  expect((await obtainBlobs(deps, wanted, signal)).size).toBe(names.length);
  expect(kept.toSorted()).toEqual(names);
});

test('a provider that does not hold a blob holds up none of the others', async () => {
  const { deps, kept } = network({ [B]: ['x'], [C]: ['y'] });
  await obtainBlobs(deps, [order('x', A, B), order('y', A, B, C)], signal);
  expect(kept.toSorted()).toEqual(['x', 'y']);
});

test('several requests are open at once, as many as memory allows and no more', async () => {
  const names = Array.from({ length: 40 }, (_, i) => `blob ${i}`);
  const megabyte = 1024 * 1024;
  for (const [maximumBytes, most] of [
    [100, names.length],
    [4 * megabyte, 2],
    [40 * megabyte, 1],
  ] as const) {
    const { deps, mostOpen } = network({ [A]: names });
    const wanted = names.map((name) => ({ ...order(name, A), maximumBytes }));
    await obtainBlobs(deps, wanted, signal);
    expect(mostOpen.get(A)).toBe(most);
  }
});

test('a blob that is longer than it may be costs its holder nothing', async () => {
  const { deps, liars, kept } = network({ [A]: ['x', 'y'], [B]: ['x'] }, { [A]: 'too long' });
  await obtainBlobs(deps, [order('x', A, B), order('y', A)], signal);
  expect([liars, kept.toSorted()]).toEqual([[], ['x', 'y']]);
});

test('what cannot be kept ends it, and is no fault of the provider', async () => {
  const { deps, liars, asked } = network({ [A]: ['x'], [B]: ['x'] });
  const keep = () => Promise.reject(new ConsiliumError('peer/disk-full', 'no space'));
  await expect(obtainBlobs({ ...deps, keep }, [order('x', A, B)], signal)).rejects.toMatchObject({
    code: 'peer/disk-full',
  });
  expect(liars).toEqual([]);
  expect(asked).toHaveLength(1);
});

test('a liar is named', async () => {
  const { deps, liars } = network({ [B]: ['x'] }, { [A]: 'lies' });
  await obtainBlobs(deps, [order('x', A, B)], signal);
  expect(liars).toEqual([A]);
});

test('what nobody holds is missing in the answer, not an error', async () => {
  const { deps } = network({ [C]: ['x'] });
  expect((await obtainBlobs(deps, [order('x', A, B)], signal)).size).toBe(0);
});

test('a blob that is wanted twice is fetched once', async () => {
  const { deps, asked } = network({ [A]: ['x'] });
  await obtainBlobs(deps, [order('x', A), order('x', A)], signal);
  expect(asked).toHaveLength(1);
});
