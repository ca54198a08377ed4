import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Hex, ZERO_DIGEST } from '../../src/base/bytes.ts';
import { createSeededRandom } from '../../src/base/seeded-random.ts';
import type { Dataset } from '../../src/data/dataset.ts';
import { heartInput } from '../../src/data/tables/heart-input.ts';
import type { Architecture } from '../../src/model/architecture.ts';
import type { Engine } from '../../src/model/engine.ts';
import { initialParameters } from '../../src/model/initial-parameters.ts';
import { createWasmEngine } from '../../src/model/wasm-engine.ts';
import { createBlobStore } from '../../src/peer/blob-store.ts';
import { dataFolder } from '../../src/peer/data-folder.ts';
import { type MemberPictures, memberPicturesSchema } from '../../src/peer/member-pictures.ts';
import type { PeerEvent } from '../../src/peer/peer-event.ts';
import { openPeerStore, type PeerStore } from '../../src/peer/peer-store.ts';
import { inputNamesOf } from '../../src/peer/pictures/input-names.ts';
import { keepPictures, type PictureKeeper } from '../../src/peer/pictures/keep-pictures.ts';
import { makePictures, type PictureTask } from '../../src/peer/pictures/make-pictures.ts';
import { prepareMember } from '../../src/peer/prepare-member.ts';
import type { Progress } from '../../src/peer/progress.ts';
import { findWarnings } from '../../src/peer/view/find-notices.ts';
import { STUDY } from '../builders.ts';
import { viewOf } from './member-view-builder.ts';
import { recordedMember } from './recorded-member.ts';

const image = {
  kind: 'cnn',
  height: 6,
  width: 5,
  channels: 1,
  filters: [3],
  padding: 'same',
  dense: 4,
  classes: 2,
} satisfies Architecture;
const row: Architecture = { kind: 'logistic', inputs: 2, classes: 2 };
const never = new AbortController().signal;

let engine: Engine;
beforeAll(async () => {
  engine = await createWasmEngine();
});

/** Noise of the class's brightness, from 0 to 1 before scaling. @param shift added to all of it */
function dataset(samples: number, inputShape: readonly number[], seed: string, shift = 0): Dataset {
  const { next } = createSeededRandom(seed);
  const width = inputShape.reduce((product, side) => product * side, 1);
  const labels = Uint8Array.from({ length: samples }, (_, i) => i % 2);
  const inputs = Float32Array.from(
    { length: samples * width },
    (_, i) => (next() * 0.5 + 0.3 * (labels[Math.floor(i / width)] as number) + shift - 0.5) * 4,
  );
  // So that the darkest and the brightest pixel are known.
  if (inputShape.length === 3) labels.forEach((_, i) => inputs.set([-2, 2], i * width));
  const inputScaling = { offset: [0.5], scale: [4] };
  return { inputs, labels, samples, inputShape, classes: 2, classNames: ['healthy', 'ill'], inputScaling };
}

function taskOf(architecture: Architecture, parts: Pick<PictureTask, 'training' | 'heldOut'>): PictureTask {
  const model = engine.createModel(architecture);
  const parameters = initialParameters(architecture, 'pictures');
  return { study: STUDY, round: 4, model, parameters, inputNames: null, ...parts };
}

describe('makePictures', () => {
  test('shows six images of both classes with their saliency, and counts all held-out records', async () => {
    const shape = [6, 5, 1];
    const parts = { training: dataset(80, shape, 'training'), heldOut: dataset(40, shape, 'held out') };
    const pictures = await makePictures(taskOf(image, parts), never);
    expect(memberPicturesSchema.parse(pictures)).toEqual(pictures);
    const { examples, confusion, calibration } = pictures;
    if (examples.kind !== 'images') throw new Error('no images');
    expect(examples).toMatchObject({ height: 6, width: 5, channels: 1 });
    expect(examples.images.map(({ truth }) => truth)).toEqual([0, 1, 0, 1, 0, 1]);
    for (const { pixels, saliency, probability } of examples.images) {
      const [shown, salient] = [Buffer.from(pixels, 'base64'), Buffer.from(saliency, 'base64')];
      expect([shown.length, salient.length, Math.max(...salient)]).toEqual([30, 30, 255]);
      expect(probability).toBeGreaterThanOrEqual(0.5);
    }
    // The first pixels are those of a record, in the scale of images.
    const found = Buffer.from(examples.images[0]?.pixels ?? '', 'base64');
    const isRecord = Array.from({ length: 40 }, (_, i) => parts.heldOut.inputs.subarray(30 * i, 30 * i + 30)).some(
      (inputs) => inputs.every((value, k) => Math.abs((value / 4 + 0.5) * 255 - (found[k] as number)) < 1),
    );
    expect(isRecord).toBe(true);
    expect(confusion?.flat().reduce((sum, count) => sum + count, 0)).toBe(40);
    expect(calibration?.bins.reduce((sum, bin) => sum + bin.samples, 0)).toBe(40);
    expect(pictures.drift.inputs.state).toBe('steady');
  });

  test('draws at most three hundred records of a part, and makes large images small', async () => {
    const large: Architecture = { ...image, height: 200, width: 150 };
    const parts = { training: dataset(10, [200, 150, 1], 'training'), heldOut: dataset(5, [200, 150, 1], 'held out') };
    const { examples } = await makePictures(taskOf(large, parts), never);
    expect(examples).toMatchObject({ kind: 'images', height: 100, width: 75 });
    if (examples.kind === 'images') expect(Buffer.from(examples.images[0]?.pixels ?? '', 'base64')).toHaveLength(7_500);
    const many = { training: dataset(900, [2], 'training'), heldOut: dataset(700, [2], 'held out') };
    const { training, heldOut, confusion } = await makePictures(taskOf(row, many), never);
    expect([training, heldOut]).toEqual([
      { records: 900, drawn: 300 },
      { records: 700, drawn: 300 },
    ]);
    expect(confusion?.flat().reduce((sum, count) => sum + count, 0)).toBe(300);
  });

  test('alerts when the held-out images are brighter than the training images, and says so among the warnings', async () => {
    const shape = [6, 5, 1];
    const parts = { training: dataset(80, shape, 'training'), heldOut: dataset(40, shape, 'held out', 0.3) };
    const { drift } = await makePictures(taskOf(image, parts), never);
    expect(drift.inputs).toMatchObject({ state: 'alert', joint: { state: 'alert' } });
    expect(drift.inputs.quantities[0]).toMatchObject({ name: 'brightness (mean)', state: 'alert' });
    const [warning] = findWarnings(viewOf(), drift);
    expect(warning?.code).toBe('notice/drift-inputs');
    expect(warning?.remedy).toContain('brightness');
    const only: MemberPictures['drift'] = { ...drift, inputs: { ...drift.inputs, state: 'steady' } };
    const outputs = { ...only, outputs: { ...drift.outputs, state: 'alert' as const } };
    expect(findWarnings(viewOf(), outputs).map(({ code }) => code)).toEqual(['notice/drift-outputs']);
    expect(findWarnings(viewOf())).toEqual([]);
  });

  test('attributes a logit to the inputs of a row, with their names', async () => {
    const parts = { training: dataset(60, [2], 'training'), heldOut: dataset(30, [2], 'held out') };
    const task = { ...taskOf(row, parts), inputNames: ['age', 'pressure'] };
    const { examples, drift } = await makePictures(task, never);
    if (examples.kind !== 'tables') throw new Error('no rows');
    const [first] = examples.records;
    const { parameters } = task;
    for (const { name, value, attribution } of first?.attributions ?? []) {
      const k = name === 'age' ? 0 : 1;
      const weight = parameters[2 * k + (first?.predicted ?? 0)] as number;
      expect(attribution).toBeCloseTo((value - 0.5) * 4 * weight, 5);
    }
    expect(first?.attributions.map(({ name }) => name).toSorted()).toEqual(['age', 'pressure']);
    expect(drift.inputs.quantities.map(({ name }) => name).toSorted()).toEqual(['age', 'pressure']);
    expect(drift.outputs.quantities.map(({ name }) => name)).toEqual(['probability of ill']);
  });

  test('of survival it shows what moves the log risk', async () => {
    const withTimes = (data: Dataset): Dataset => ({
      ...data,
      times: data.inputs.filter((_, i) => i % 2 === 0).map((x) => x + 5),
    });
    const parts = {
      training: withTimes(dataset(40, [2], 'training')),
      heldOut: withTimes(dataset(30, [2], 'held out')),
    };
    const pictures = await makePictures(taskOf({ kind: 'cox', inputs: 2, classes: 2 }, parts), never);
    expect(pictures).toMatchObject({ confusion: null, calibration: null });
    const moved = { ...taskOf({ kind: 'cox', inputs: 2, classes: 2 }, parts), parameters: Float32Array.of(1, -1) };
    const { drift, examples } = await makePictures(moved, never);
    expect(drift.outputs.quantities.map(({ name }) => name)).toEqual(['log risk']);
    expect(examples.kind === 'tables' && examples.records[0]?.predicted).toBe(null);
  });

  test('ends when it is told to', async () => {
    const parts = { training: dataset(60, [2], 'training'), heldOut: dataset(30, [2], 'held out') };
    await expect(makePictures(taskOf(row, parts), AbortSignal.abort(new Error('told to')))).rejects.toThrow('told to');
  });
});

test('the inputs of a table are called as its columns and levels are', () => {
  const names = inputNamesOf(heartInput) ?? [];
  expect(names).toHaveLength(new Set(names).size);
  expect(names).toContain(heartInput.columns[0]?.name);
  expect(inputNamesOf(null)).toBe(null);
});

describe('keepPictures', () => {
  let path: string;
  let store: PeerStore;
  let bases: readonly (readonly Hex[])[];
  const logged: string[] = [];
  beforeEach(async () => {
    path = await mkdtemp(join(tmpdir(), 'consilium-pictures-'));
    ({ bases } = await recordedMember(path));
    store = openPeerStore(dataFolder(path).database);
    const unused = {
      base: ZERO_DIGEST,
      recipe: ZERO_DIGEST,
      valuation: null,
      utilityMicros: null,
      scoreErrorMicros: null,
    };
    store.saveProgress({ ...unused, round: 2, baseSegments: [...(bases[2] ?? [])], mixed: [] });
    logged.length = 0;
  });
  afterEach(async () => {
    store.close();
    await rm(path, { recursive: true });
  });

  const evaluated = (round: number): PeerEvent => ({
    event: 'round.evaluated',
    round,
    heldOut: { samples: 1, loss: 1, accuracy: 1, auc: null, calibration: null, subgroups: null },
    common: null,
  });
  const file = (): string => join(dataFolder(path).pictures, 'pictures.json');

  /** @param now so that pictures have taken time when it is asked a second time */
  async function keeper(now: () => number = () => 0): Promise<PictureKeeper> {
    const log = (event: string): void => void logged.push(event);
    const logger = { debug: log, info: log, warn: log, error: log };
    const { blobs, pictures } = dataFolder(path);
    const member = await prepareMember(path);
    return keepPictures({ clock: { now }, member, store, blobs: createBlobStore(blobs), logger, folder: pictures });
  }

  test('keeps them for the next run, in a file that only the owner reads', async () => {
    const first = await keeper();
    await first.load();
    expect(first.current()).toBe(null);
    await first.follow(evaluated(2));
    expect(first.current()).toMatchObject({ round: 2, heldOut: { records: 16, drawn: 16 } });
    expect((await stat(file())).mode & 0o777).toBe(0o600);
    expect((await stat(dataFolder(path).pictures)).mode & 0o777).toBe(0o700);
    const second = await keeper();
    await second.load();
    expect(second.current()).toEqual(first.current());
    expect(logged).toEqual([]);
  });

  test('takes a damaged file, and one of another study, for none', async () => {
    const first = await keeper();
    await first.follow(evaluated(2));
    const text = await readFile(file(), 'utf8');
    for (const bad of [text.slice(1), JSON.stringify({ ...JSON.parse(text), study: STUDY }), '{}']) {
      await writeFile(file(), bad);
      const next = await keeper();
      await next.load();
      expect(next.current()).toBe(null);
    }
  });

  /** The peer reaches a round; the study has three, and after the last there is none to train. */
  const reach = (round: number): void => {
    const baseSegments = [...(bases[Math.min(round, 2)] ?? [])];
    store.saveProgress({ ...(store.progress() as Progress), round, baseSegments });
  };

  test('rests nineteen times as long as they took, but not after the last round', async () => {
    let now = 1_000;
    const kept = await keeper(() => now);
    const makes = async (round: number, at: number): Promise<boolean> => {
      reach(round);
      now = at;
      const before = kept.current();
      const done = kept.follow(evaluated(round));
      now += 10;
      await done;
      return kept.current() !== before;
    };
    expect(await makes(0, 1_000)).toBe(true);
    expect(await makes(1, 1_010 + 189)).toBe(false);
    expect(await makes(1, 1_010 + 190)).toBe(true);
    expect(await makes(2, 1_220)).toBe(false);
    expect(await makes(3, 1_230)).toBe(true);
  });

  test('makes those of the last round although others are still being made', async () => {
    const kept = await keeper();
    reach(2);
    const earlier = kept.follow(evaluated(2));
    reach(3);
    await Promise.all([kept.follow(evaluated(3)), earlier]);
    expect(kept.current()?.round).toBe(3);
  });

  test('makes none of a base that the peer is past, and none once it is stopped', async () => {
    const kept = await keeper();
    await kept.follow(evaluated(999));
    expect(kept.current()).toBe(null);
    await kept.stop();
    await kept.follow(evaluated(2));
    expect(kept.current()).toBe(null);
  });
});
