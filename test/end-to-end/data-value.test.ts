import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Dataset } from '../../src/data/dataset.ts';
import { readPreparedDataset } from '../../src/data/prepared-dataset.ts';
import { readDigits } from '../../src/data/read-digits.ts';
import type { Architecture } from '../../src/model/architecture.ts';
import { createWasmEngine } from '../../src/model/wasm-engine.ts';
import { keepModel } from '../../src/peer/base-model.ts';
import { createBlobStore } from '../../src/peer/blob-store.ts';
import { composeManifest } from '../../src/peer/compose-manifest.ts';
import { dataFolder } from '../../src/peer/data-folder.ts';
import { openPeerStore } from '../../src/peer/peer-store.ts';
import { greyPng } from '../data/images/image-folder.ts';
import { options, train } from '../model/small-training.ts';
import { type CommandHost, type CommandResult, runCommand, startCommandHost } from './command.ts';

const IMAGES = 400;
const CLASSES = Array.from({ length: 10 }, (_, digit) => `${digit}`);
const ARCHITECTURE: Architecture = { kind: 'mlp', inputs: 64, hidden: [32], classes: 10 };
const INPUT = { kind: 'image', height: 8, width: 8, channels: 1, offset: 0.5, scale: 2, classes: CLASSES } as const;
/** Every tenth image lies in the folder of the next digit, under a name that tells a person and that it is wrong. */
const WRONG = 'PATIENT-wrong';

let root: string;
let host: CommandHost;
const at = (...names: string[]): string => join(root, ...names);

async function writeImages(): Promise<void> {
  const { inputs, labels } = await readDigits();
  for (let i = 0; i < IMAGES; i++) {
    const digit = labels[i] ?? 0;
    const isWrong = i % 10 === 0;
    const folder = at('images', `${isWrong ? (digit + 1) % 10 : digit}`);
    await mkdir(folder, { recursive: true });
    const pixels = inputs.subarray(64 * i, 64 * (i + 1)).map((ink) => 255 * ink);
    await writeFile(join(folder, `${isWrong ? WRONG : 'PATIENT'}-${i}.png`), greyPng(8, 8, pixels));
  }
}

/** What a peer leaves behind after three rounds: its model in the blob store, and where it stands. */
async function leaveModel(folder: string, training: Dataset): Promise<void> {
  const model = (await createWasmEngine()).createModel(ARCHITECTURE);
  const { parameters } = await train(model, { ...options, localEpochs: 10 }, training);
  const { blobs, database } = dataFolder(folder);
  const { root: base, digests } = await keepModel(createBlobStore(blobs), parameters, 4);
  const store = openPeerStore(database);
  const recipe = base;
  store.saveProgress({
    round: 3,
    base,
    baseSegments: digests,
    recipe,
    valuation: null,
    utilityMicros: null,
    scoreErrorMicros: null,
    mixed: [],
  });
  store.close();
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'consilium-value-'));
  host = startCommandHost();
  await writeImages();
  const manifest = composeManifest({
    title: 'digits',
    members: 2,
    rounds: 5,
    segments: 4,
    pulls: 1,
    seed: 'value',
    input: { ...INPUT, classes: [...CLASSES] },
    architecture: ARCHITECTURE,
    training: options,
  });
  await mkdir(at('member'), { mode: 0o700 });
  await writeFile(at('member', 'manifest.json'), JSON.stringify(manifest));
  const config = { rpcUrl: 'http://127.0.0.1:1', contract: `0x${'00'.repeat(20)}`, engine: 'wasm' };
  await writeFile(at('member', 'peer.json'), JSON.stringify(config));
  const split = ['--manifest', at('member', 'manifest.json'), '--out', at('member'), '--places', at('places.json')];
  const { code, stderr } = await host.run('data', 'split', at('images'), ...split, '--json');
  if (code !== 0) throw new Error(stderr);
  await cp(at('member'), at('untrained'), { recursive: true });
  await leaveModel(at('member'), await readPreparedDataset(at('member', 'training.dataset')));
});
afterAll(async () => {
  await host.stop();
  await rm(root, { recursive: true, force: true });
});

describe('a member’s own records', () => {
  let outcome: CommandResult;
  let report: { records: number; worth: number; top: { place: string; value: number }[] };
  let csv: string[][];
  let sheet: string;

  beforeAll(async () => {
    process.env.NODE_OPTIONS = `--import=${pathToFileURL(join(import.meta.dirname, 'forbid-network.ts')).href}`;
    const asked = ['--out', at('values'), '--places', at('places.json'), '--top', '12', '--json'];
    outcome = await runCommand('data', 'value', at('member'), ...asked);
    delete process.env.NODE_OPTIONS;
    report = JSON.parse(outcome.stdout);
    csv = (await readFile(at('values', 'values.csv'), 'utf8')).split('\r\n').map((line) => line.split(','));
    sheet = await readFile(at('values', 'harmful.html'), 'utf8');
  });

  test('are ranked without a socket', () => {
    expect([outcome.code, outcome.stderr]).toEqual([0, '']);
  });

  test('have wrong labels at the top: at least eight of ten in the lowest tenth', () => {
    const lowest = csv.slice(1, 1 + Math.round(report.records / 10));
    const wrong = lowest.filter(([, place = '']) => place.includes(WRONG)).length;
    expect(wrong / lowest.length).toBeGreaterThanOrEqual(0.8);
  });

  test('are all in the list once, the most harmful first, under the names that the split knew', async () => {
    expect(csv[0]).toEqual(['record', 'place', 'label', 'value']);
    const rows = csv.slice(1, -1);
    expect(rows.map(([record]) => Number(record)).sort((a, b) => a - b)).toEqual([...Array(report.records).keys()]);
    const values = rows.map((row) => Number(row[3]));
    expect(values).toEqual(values.toSorted((a, b) => a - b));
    expect(values.reduce((a, b) => a + b, 0)).toBeCloseTo(report.worth, 9);
    const { labels } = await readPreparedDataset(at('member', 'training.dataset'));
    for (const [record, place = '', label] of rows) {
      expect([label, place.split('/')[0]]).toEqual([`${labels[Number(record)]}`, label]);
    }
    expect(report.top.map(({ place }) => place)).toEqual(rows.slice(0, 12).map(([, place]) => place));
  });

  test('are shown on a sheet that names nobody, loads nothing and runs nothing', () => {
    expect(sheet.match(/<img src="data:image\/png;base64,/g)).toHaveLength(12);
    expect(sheet).not.toMatch(/PATIENT-|\.png|<script|https?:|url\(/i);
    const image = Buffer.from(/base64,([^"]+)/.exec(sheet)?.[1] ?? '', 'base64');
    expect(image.includes('tEXt') || image.includes('eXIf') || image.includes('tIME')).toBe(false);
  });

  test('are in files that only their owner can read', async () => {
    for (const [path, mode] of [
      [at('values'), 0o700],
      [at('values', 'values.csv'), 0o600],
      [at('values', 'harmful.html'), 0o600],
      [at('places.json'), 0o600],
    ] as const) {
      expect([path, (await stat(path)).mode & 0o777]).toEqual([path, mode]);
    }
  });
});

test('the guard against sockets sees one', async () => {
  process.env.NODE_OPTIONS = `--import=${pathToFileURL(join(import.meta.dirname, 'forbid-network.ts')).href}`;
  const { code } = await runCommand('chain', '--data', at('chain'), '--port', '0');
  delete process.env.NODE_OPTIONS;
  expect(code).toBe(99);
});

describe('nothing is written', () => {
  const refusals: [string, string, () => Promise<string[]>][] = [
    ['into the blob store', 'data/output-refused', async () => [at('member'), '--out', at('member', 'blobs', 'new')]],
    [
      'over what is there',
      'data/output-refused',
      async () => {
        await mkdir(at('used'), { mode: 0o700 });
        await writeFile(at('used', 'values.csv'), 'mine');
        return [at('member'), '--out', at('used')];
      },
    ],
    ['without a model', 'peer/no-model', async () => [at('untrained'), '--out', at('none')]],
    [
      'with places of another data set',
      'data/unsuitable',
      async () => {
        const list = JSON.parse(await readFile(at('places.json'), 'utf8'));
        await writeFile(at('other.json'), JSON.stringify({ ...list, dataset: `0x${'00'.repeat(32)}` }));
        return [at('member'), '--out', at('none'), '--places', at('other.json')];
      },
    ],
  ];
  test.each(refusals)('%s', async (_, code, args) => {
    const { code: exit, stderr } = await host.run('data', 'value', ...(await args()));
    expect([exit, stderr.split(':')[0]]).toEqual([2, code]);
    expect(await readdir(at('none')).catch(() => [])).toEqual([]);
  });

  test('while the peer runs', async () => {
    const store = openPeerStore(dataFolder(at('member')).database);
    const { code, stderr } = await host.run('data', 'value', at('member'), '--out', at('running'));
    store.close();
    expect([code, stderr.split(':')[0]]).toEqual([2, 'peer/store-locked']);
  });

  test('of places into the data folder', async () => {
    const out = ['--manifest', at('member', 'manifest.json'), '--out', at('again')];
    const { code, stderr } = await host.run('data', 'split', at('images'), ...out, '--places', at('again', 'p.json'));
    expect([code, stderr.split(':')[0]]).toEqual([2, 'cli/usage']);
  });
});
