import { expect, test } from 'vitest';
import type { Hex } from '../../src/base/bytes.ts';
import { ConsiliumError } from '../../src/base/errors.ts';
import { type ObtainDeps, type Order, obtainBlobs } from '../../src/gossip/obtain-blobs.ts';
import type { Want } from '../../src/gossip/segment-client.ts';
import { digest, memberAccount } from '../builders.ts';

const [A, B, C] = [memberAccount(1), memberAccount(2), memberAccount(3)];
const blob = (name: string): Uint8Array => Buffer.from(name);

/** Members that hold some blobs; `behaviour` makes one of them fail. */
function network(held: Record<Hex, string[]>, behaviour: Record<Hex, 'dead' | 'dies' | 'lies'> = {}) {
  const asked: string[] = [];
  const liars: Hex[] = [];
  const deps: ObtainDeps = {
    async *fetch(member: Hex, wants: readonly Want[]) {
      if (behaviour[member] === 'dead') throw new Error('no connection');
      for (const [i, want] of wants.entries()) {
        asked.push(`${member}/${want.digest}`);
        if (behaviour[member] === 'dies' && i === 1) throw new Error('connection lost');
        if (behaviour[member] === 'lies') throw new ConsiliumError('gossip/wrong-content', 'other bytes');
        const name = held[member]?.find((candidate) => digest(candidate) === want.digest);
        yield { want, bytes: name === undefined ? null : blob(name) };
      }
    },
    onWrongContent: (member) => void liars.push(member),
    keep: async () => {},
  };
  return { deps, asked, liars };
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

test('a broken transfer loses nothing that had arrived', async () => {
  const { deps, asked } = network({ [A]: ['x', 'y'], [B]: ['x', 'y'] }, { [A]: 'dies' });
  await obtainBlobs(deps, [order('x', A, B), order('y', A, B)], signal);
  expect(asked.filter((entry) => entry.startsWith(B))).toEqual([`${B}/${digest('y')}`]);
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
