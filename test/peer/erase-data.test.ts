import { createHmac, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Hex, sha256, toHex } from '../../src/base/bytes.ts';
import { dataEraseCommand } from '../../src/cli/data-erase-command.ts';
import { peerStatusCommand } from '../../src/cli/peer-status-command.ts';
import type { Dataset } from '../../src/data/dataset.ts';
import { encodePreparedDataset, writePreparedDataset } from '../../src/data/prepared-dataset.ts';
import { createBlobStore } from '../../src/peer/blob-store.ts';
import { commitToRecords, proveRecord, verifyRecord } from '../../src/peer/data-commitment.ts';
import { type DataFolder, dataFolder, initDataFolder, readSecrets } from '../../src/peer/data-folder.ts';
import { eraseData } from '../../src/peer/erase-data.ts';
import { openPeerStore } from '../../src/peer/peer-store.ts';
import { merkleRoot } from '../../src/protocol/merkle.ts';
import { announcement, memberAccount } from '../builders.ts';
import { captureCommand } from '../cli/capture-command.ts';

const WIDTH = 12;

function dataset(samples: number, salt: number): Dataset {
  const inputs = Float32Array.from({ length: samples * WIDTH }, (_, i) => Math.sin(i * 0.7 + salt));
  return {
    inputs,
    labels: Uint8Array.from({ length: samples }, (_, i) => i % 2),
    samples,
    inputShape: [WIDTH],
    classes: 2,
    classNames: ['no', 'yes'],
    inputScaling: { offset: [0], scale: [1] },
  };
}

const DATA = { training: dataset(40, 1), heldOut: dataset(10, 2) };

let path: string;
let folder: DataFolder;
beforeEach(async () => {
  path = join(await mkdtemp(join(tmpdir(), 'consilium-erase-')), 'hospital');
  folder = dataFolder(path);
  await initDataFolder(path);
  await writeFile(folder.config, JSON.stringify({ rpcUrl: 'http://127.0.0.1:1', contract: memberAccount(9) }));
  await writePreparedDataset(join(path, 'training.dataset'), DATA.training);
  await writePreparedDataset(join(path, 'held-out.dataset'), DATA.heldOut);
});
afterEach(() => rm(join(path, '..'), { recursive: true }));

/** A peer that has run: signed records and their blobs, and what it keeps to itself. */
async function run(): Promise<void> {
  const store = openPeerStore(folder.database);
  store.keepOwn(announcement(1));
  const kept = await createBlobStore(folder.privateBlobs).put(Buffer.from('what was left unsaid'));
  store.keepResidual(0, [kept]);
  await createBlobStore(folder.alone).put(Buffer.from('a model of its data alone'));
  await createBlobStore(folder.pictures).put(Buffer.from('an image of a patient'));
  await createBlobStore(folder.blobs).put(Buffer.from('a segment of an update'));
  store.close();
}

describe('data erase', () => {
  test('destroys key, seed, data and private state, finds nothing of them left, and keeps records and blobs', async () => {
    await run();
    const { commitmentKey } = await readSecrets(folder);
    const erasure = await eraseData(path);
    expect(erasure).toMatchObject({ destroyed: 7, wereReadable: true, tooPlain: 0, scan: { found: [] } });
    expect(erasure.traces).toBeGreaterThan(DATA.training.samples);
    const data = join(path, 'training.dataset');
    for (const gone of [
      folder.commitmentKey,
      folder.trainingSeed,
      folder.privateBlobs,
      folder.alone,
      folder.pictures,
      data,
    ])
      expect(existsSync(gone)).toBe(false);
    expect((await readFile(folder.database)).includes(commitmentKey.slice(2))).toBe(false);
    const store = openPeerStore(folder.database);
    expect([store.announcements(), store.privateState()]).toEqual([[announcement(1)], []]);
    store.close();
    expect(await createBlobStore(folder.blobs).has(toHex(sha256(Buffer.from('a segment of an update'))))).toBe(true);
    expect(await eraseData(path)).toMatchObject({ destroyed: 0, wereReadable: false, scan: { found: [] } }); // once more
  });

  test('names every file in which a piece of a record or the key is left', async () => {
    const { commitmentKey } = await readSecrets(folder);
    await mkdir(join(path, 'old'));
    const copy = encodePreparedDataset(DATA.heldOut);
    await writeFile(join(path, 'old', 'copy.bin'), Buffer.concat([randomBytes(4_194_304 - 700), copy])); // over the end of a chunk
    await writeFile(join(path, 'notes.txt'), `the key is ${commitmentKey}`);
    const row = DATA.training.inputs.subarray(5 * WIDTH, 6 * WIDTH);
    await writeFile(join(path, 'one-record'), Buffer.concat([Buffer.from('odd'), Buffer.from(row.slice().buffer)]));
    const { scan } = await eraseData(path);
    expect(scan.found.toSorted()).toEqual([join('old', 'copy.bin'), 'notes.txt', 'one-record'].toSorted());
  });

  test('is asked for, refused while a peer has the folder, and then says so in the status', async () => {
    await run();
    await expect(captureCommand(dataEraseCommand, path)).rejects.toMatchObject({ code: 'cli/usage' });
    const held = openPeerStore(folder.database);
    await expect(captureCommand(dataEraseCommand, path, '--yes')).rejects.toMatchObject({ code: 'cli/peer-silent' });
    held.close();
    expect(existsSync(folder.commitmentKey)).toBe(true);
    const { code, stdout } = await captureCommand(dataEraseCommand, path, '--yes', '--json');
    expect([code, JSON.parse(stdout).scan.found]).toEqual([0, []]);
    const status = await captureCommand(peerStatusCommand, '--data', path, '--json');
    expect(JSON.parse(status.stdout)).toMatchObject({ running: false, isErased: true });
    await expect(readSecrets(folder)).rejects.toMatchObject({ code: 'peer/data-erased' });
  });
});

describe('whoever has the very data, but not the key', () => {
  const ATTEMPTS = 2_000;

  /** Commitments to the true data under everything that an attacker might put in place of the key. */
  function* guesses(known: readonly string[]): Generator<Hex> {
    for (const text of known) yield toHex(sha256(Buffer.from(text)));
    yield `0x${'00'.repeat(32)}`;
    for (let i = 0; i < ATTEMPTS; i++) yield toHex(createHmac('sha256', 'guess').update(String(i)).digest());
  }

  test('cannot tell that the commitment on the ledger is of them', async () => {
    const { commitmentKey } = await readSecrets(folder);
    const small = { training: dataset(4, 1), heldOut: dataset(2, 2) };
    const onLedger = commitToRecords(commitmentKey, small);
    await eraseData(path);
    let matches = 0;
    for (const key of guesses([memberAccount(1), onLedger, await readFile(folder.password, 'utf8')])) {
      if (commitToRecords(key, small) === onLedger) matches += 1;
    }
    // Nor by hashes without a key, of single records or of all.
    const records = [0, 1, 2, 3, 4, 5].map((i) => proveRecord(commitmentKey, small, i).record);
    for (const salt of [Buffer.alloc(0), Buffer.alloc(32), Buffer.from('consilium/record/1\0')]) {
      const leaves = records.map((record) => sha256(salt, record));
      if (toHex(merkleRoot(leaves)) === onLedger) matches += 1;
    }
    expect(matches).toBe(0);
    // The controls: with the key it is a match, and one record of it proves itself.
    expect(commitToRecords(commitmentKey, small)).toBe(onLedger);
    expect(verifyRecord(onLedger, proveRecord(commitmentKey, small, 3))).toBe(true);
  });
});
