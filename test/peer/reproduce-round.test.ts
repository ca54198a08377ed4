import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Hex } from '../../src/base/bytes.ts';
import { writePreparedDataset } from '../../src/data/prepared-dataset.ts';
import { dataFolder } from '../../src/peer/data-folder.ts';
import { reproduceRound } from '../../src/peer/reproduce-round.ts';
import type { Codec } from '../../src/protocol/segment-codec.ts';
import { type RecordedMember, recordedMember, SEGMENTS, separable } from './recorded-member.ts';

const LAST = 2;
let folder: string;
let honest: RecordedMember;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-reproduce-'));
  honest = await recordedMember(join(folder, 'honest'));
});
afterAll(() => rm(folder, { recursive: true }));

const reproduce = ({ path, log }: RecordedMember, round = LAST) =>
  reproduceRound(path, { round, log, signal: new AbortController().signal });

let copies = 0;
/** What becomes of the honest member's folder. */
async function after(change: (path: string) => Promise<unknown>): Promise<RecordedMember> {
  const path = join(folder, `copy-${copies++}`);
  await cp(honest.path, path, { recursive: true });
  await change(path);
  return { ...honest, path };
}
const remove = (name: string) => after((path) => rm(join(path, name), { recursive: true }));

describe('a recorded round, trained again', () => {
  test('comes out the same, from the initial model and from a mix', async () => {
    expect(await reproduce(honest, 0)).toMatchObject({ outcome: 'match', trained: [0], update: honest.updates[0] });
    expect(await reproduce(honest)).toMatchObject({ outcome: 'match', trained: [LAST], update: honest.updates[LAST] });
  });

  test.each(['int8', 'top-k'] as const)(
    'with what %s and an outer step carry on, the rounds before are trained too',
    async (name) => {
      const codec: Codec['name'] = name;
      const member = await recordedMember(join(folder, name), { codec, hasOuterStep: true });
      expect(await reproduce(member)).toMatchObject({ outcome: 'match', trained: [0, 1, 2] });
    },
  );

  test('is found out where something else was recorded, with the segments that differ', async () => {
    const cheating = await recordedMember(join(folder, 'cheating'), {
      cheat: (round, parameters) => (round === 1 ? parameters.with(0, (parameters[0] ?? 0) + 1e-6) : parameters),
    });
    expect(await reproduce(cheating, 1)).toMatchObject({ outcome: 'mismatch', at: 1, segments: [0] });
    expect(SEGMENTS).toBeGreaterThan(1);
    expect(await reproduce(cheating, 2)).toMatchObject({ outcome: 'match' });
  });

  test('is found out where a round that it builds on was another', async () => {
    const cheating = await recordedMember(join(folder, 'cheating-before'), {
      hasOuterStep: true,
      cheat: (round, parameters) => (round === 1 ? parameters.map((value) => value * 2) : parameters),
    });
    expect(await reproduce(cheating, 2)).toMatchObject({ outcome: 'mismatch', at: 1, round: 2 });
  });
});

describe('what cannot be told', () => {
  const cannot = (obstacle: string) => expect.objectContaining({ outcome: 'cannot', obstacle });

  test('with an engine that does not give the same bits', async () => {
    const native = await recordedMember(join(folder, 'native'), {
      engine: { name: 'native', version: '4', reproducible: false },
    });
    expect(await reproduce(native)).toEqual(cannot('engine'));
  });

  test('with another version of the engine, unless it comes out the same all the same', async () => {
    const engine = { name: 'wasm', version: '0.1', reproducible: true };
    const old = await recordedMember(join(folder, 'old'), {
      engine,
      cheat: (round, parameters) => (round === 1 ? parameters.map((value) => value * 2) : parameters),
    });
    expect(await reproduce(old, 1)).toEqual(cannot('engine-version'));
    expect(await reproduce(old, 2)).toMatchObject({ outcome: 'match' });
  });

  test('with noise for privacy', async () => {
    const privacy = { unit: 'member', clipNorm: 1, noiseMultiplier: 1 };
    const terms = { ...honest.manifest, privacy, epsilonBudgetMicros: 1_000_000, deltaBudgetPicos: 1_000_000 };
    const member = await after((path) => writeFile(join(path, 'manifest.json'), JSON.stringify(terms)));
    expect(await reproduce(member)).toEqual(cannot('privacy'));
  });

  test.each([
    ['training.dataset', 'data-gone'],
    ['commitment-key', 'secrets-gone'],
    ['training-seed', 'secrets-gone'],
    ['blobs', 'metrics-gone'],
  ])('without %s: %s', async (name, obstacle) => {
    expect(await reproduce(await remove(name))).toEqual(cannot(obstacle));
  });

  test('with other data, another seed, without the base, or of a round that nobody recorded', async () => {
    const other = await after((path) => writePreparedDataset(join(path, 'training.dataset'), separable(40, 'other')));
    expect(await reproduce(other)).toEqual(cannot('data-differs'));
    const seeded = await after((path) => writeFile(join(path, 'training-seed'), 'another\n'));
    expect(await reproduce(seeded)).toEqual(cannot('seed-differs'));
    const segment = honest.bases[LAST]?.[1] as Hex;
    const lost = await after((path) => rm(join(dataFolder(path).blobs, segment.slice(2, 4), segment.slice(2))));
    expect(await reproduce(lost)).toEqual(cannot('base-gone'));
    expect(await reproduce(honest, 7)).toEqual(cannot('not-recorded'));
  });
});
