import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PIXEL_DATA } from '../../src/data/deidentify/open-pixels.ts';
import { readDicom } from '../../src/data/deidentify/read-dicom.ts';
import { memberPicturesSchema } from '../../src/peer/member-pictures.ts';
import { DICOM_FOLDER } from '../data/deidentify/native-image.ts';
import { npy, zip } from '../data/npz-builder.ts';
import { authorisationFor } from '../http/authorisation-for.ts';
import { type CommandHost, type CommandResult, startCommand, startCommandHost } from './command.ts';
import { findStrings } from './find-strings.ts';
import { PLANTED, plantedFile } from './planted-patient.ts';

const MINUTES = 60_000;
const SOURCE = join(DICOM_FOLDER, 'pydicom_test_files/CT_small.dcm');
const SIDE = 16;

let root: string;
let host: CommandHost;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'consilium-planted-'));
  host = startCommandHost();
});
afterAll(async () => {
  await host.stop();
  await rm(root, { recursive: true, force: true });
});

const below = async (name: string): Promise<string> => {
  await mkdir(join(root, name), { recursive: true });
  return join(root, name);
};

describe('the search', () => {
  test('finds a planted string in every encoding, in a file and in a name', async () => {
    const folder = await below('control');
    const text = PLANTED["patient's number"] ?? '';
    const forms = [
      text,
      text.toLowerCase(),
      Buffer.from(text).toString('hex'),
      Buffer.from(`ab${text}c`).toString('base64url'),
    ];
    const wide = Buffer.from(text, 'utf16le');
    for (const [index, form] of [...forms, wide, Buffer.from(wide).swap16()].entries())
      await writeFile(join(folder, `${index}`), form);
    await writeFile(join(folder, `${text}.txt`), '');
    expect(
      findStrings(PLANTED, [folder])
        .map(({ file }) => file)
        .sort(),
    ).toEqual(['0', '1', '2', '3', '4', '5', `${text}.txt`]);
  });

  test('looks for more than forty kinds', () => {
    expect(new Set(Object.values(PLANTED)).size).toBeGreaterThanOrEqual(45);
  });
});

/** What a running peer tells monitoring and its member. */
async function servedBy(peer: string): Promise<string> {
  const { url, token } = JSON.parse(await readFile(join(peer, 'peer.run.json'), 'utf8')) as {
    url: string;
    token: string;
  };
  const answers = await Promise.all(
    ['/healthz', '/metrics', '/status'].map(async (path) =>
      fetch(new URL(path, url), { headers: { authorization: await authorisationFor({ url }, path, token) } }),
    ),
  );
  return (await Promise.all(answers.map((answer) => answer.text()))).join('\n');
}

/** What members' pages show of their records, as it lies in their folders; images of one colour could be anything's. */
async function picturesOf(peers: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const peer of await readdir(peers)) {
    const text = await readFile(join(peers, peer, 'pictures', 'pictures.json'), 'utf8');
    const { examples } = memberPicturesSchema.parse(JSON.parse(text));
    for (const [index, { pixels }] of (examples.kind === 'images' ? examples.images : []).entries())
      if (new Set(Buffer.from(pixels, 'base64')).size > 8) found[`image ${index} of peer ${peer}`] = pixels;
  }
  return found;
}

/** Images cut out of a clean file, bright ones and dark ones, in MedMNIST layout with one member more. */
async function npzOf(cleanFile: string): Promise<Buffer> {
  const value = readDicom(await readFile(cleanFile)).dataset.find(({ tag }) => tag === PIXEL_DATA)?.value;
  const pixels = value?.kind === 'bytes' ? value.bytes : new Uint8Array();
  const members: Record<string, Uint8Array> = {
    [`${PLANTED['name of an NPZ member']}.npy`]: npy({ shape: [1], data: Uint8Array.of(1) }),
  };
  for (const [part, samples] of [
    ['train', 96],
    ['val', 16],
    ['test', 32],
  ] as const) {
    const labels = Uint8Array.from({ length: samples }, (_, index) => index % 2);
    const data = Uint8Array.from(
      { length: samples * SIDE * SIDE },
      (_, at) => ((pixels[2 * at] ?? 0) >> 1) + 100 * (Math.floor(at / SIDE / SIDE) % 2),
    );
    members[`${part}_images.npy`] = npy({ shape: [samples, SIDE, SIDE], data });
    members[`${part}_labels.npy`] = npy({ shape: [samples, 1], data: labels });
  }
  return zip(members);
}

describe.runIf(existsSync(SOURCE))('nothing that identifies a patient', () => {
  let clean: string;
  let cleaning: CommandResult;

  beforeAll(async () => {
    const scans = await below(`scans/${PLANTED['folder name']}`);
    await writeFile(join(scans, `${PLANTED['file name']}.dcm`), plantedFile(SOURCE));
    clean = join(root, 'clean');
    const keys = await below('keys');
    const places = ['--out', clean, '--lookup', join(keys, 'lookup'), '--password-file', join(keys, 'password')];
    cleaning = await host.run('data', 'deidentify', join(root, 'scans'), ...places, '--profile', 'clean-descriptors');
  }, MINUTES);

  test('is planted in vain: the file that is read holds all of it', () => {
    const kinds = new Set(findStrings(PLANTED, [join(root, 'scans')]).map(({ kind }) => kind));
    expect(Object.keys(PLANTED).filter((kind) => !kinds.has(kind))).toEqual(['name of an NPZ member']);
  });

  test('is in the clean files, their names, the look-up table as it lies there, or what is printed', async () => {
    expect(cleaning.code).toBe(0);
    expect(cleaning.stdout).toMatch(/^1 files of 1 patients written/m);
    await writeFile(join(await below('printed'), 'clean'), cleaning.stdout + cleaning.stderr);
    expect(findStrings(PLANTED, [clean, join(root, 'keys'), join(root, 'printed')])).toEqual([]);
  });

  test('is told by the look-up table to whoever has its password, for one pseudonym', async () => {
    const [pseudonym = ''] = await readdir(clean);
    const lookup = ['--lookup', join(root, 'keys', 'lookup')];
    const told = await host.run(
      'data',
      'lookup',
      pseudonym,
      ...lookup,
      '--password-file',
      join(root, 'keys', 'password'),
    );
    expect([told.code, told.stdout.split('\n')[0]]).toEqual([0, `id ${PLANTED["patient's number"]}`]);
    const others = join(root, 'others-password');
    await writeFile(others, 'a guess\n', { mode: 0o600 });
    const refused = await host.run('data', 'lookup', pseudonym, ...lookup, '--password-file', others);
    expect([refused.code, refused.stdout, refused.stderr.split(':')[0]]).toEqual([2, '', 'data/lookup-unreadable']);
  });

  describe('in a study of two members on these data', () => {
    let run: CommandResult;
    let served: string;

    beforeAll(async () => {
      const folder = await below(`images/${PLANTED['folder name']}`);
      const dataset = join(folder, `${PLANTED['file name']}.npz`);
      const patient = (await readdir(clean))[0] ?? '';
      const file = (await readdir(join(clean, patient)))[0] ?? '';
      await writeFile(dataset, await npzOf(join(clean, patient, file)));
      process.env.CONSILIUM_TEST_TAP = await below('sent');
      process.env.NODE_OPTIONS = `${process.env.NODE_OPTIONS ?? ''} --import=${pathToFileURL(join(import.meta.dirname, 'tap-sockets.ts')).href}`;
      const out = join(root, 'run');
      const demo = startCommand([
        'demo',
        '--dataset',
        dataset,
        '--peers',
        '2',
        '--rounds',
        '2',
        '--seed',
        '3',
        '--json',
        '--out',
        out,
      ]);
      await demo.event('round.mixed');
      served = await servedBy(join(out, 'peers', '1'));
      await writeFile(join(await below('served'), 'operations'), served);
      run = await demo.ended;
      await writeFile(join(await below('printed'), 'study'), run.stdout + run.stderr);
    }, 3 * MINUTES);

    test('is sent over any socket, served as metrics or status, or written to any folder, log, journal, bundle or report', () => {
      expect([run.code, run.stderr]).toEqual([0, '']);
      expect(served).toMatch(/# EOF[^]*"study"/);
      expect(
        findStrings(
          PLANTED,
          ['run', 'sent', 'served', 'printed'].map((name) => join(root, name)),
        ),
      ).toEqual([]);
    });

    test('no picture of a record leaves the folder that it is kept in', async () => {
      const pictures = await picturesOf(join(root, 'run', 'peers'));
      const found = findStrings(
        pictures,
        ['run', 'sent', 'served', 'printed'].map((name) => join(root, name)),
      );
      expect(new Set(found.map(({ kind }) => kind)).size).toBe(Object.keys(pictures).length);
      const places = ['1', '2'].map((peer) => join('peers', peer, 'pictures', 'pictures.json'));
      expect([...new Set(found.map(({ file }) => file))].sort()).toEqual(places);
    });

    test('would go unseen: members and chain are overheard before encryption', () => {
      const overheard = { gossip: '/meshsub/1.', segments: '/consilium/', 'JSON-RPC': 'eth_sendRawTransaction' };
      const kinds = findStrings(overheard, [join(root, 'sent')]).map(({ kind }) => kind);
      expect([...new Set(kinds)].sort()).toEqual(Object.keys(overheard).sort());
    });
  });
});
