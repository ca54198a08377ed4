import { existsSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { createTraceFinder, type TraceFinder } from '../base/find-traces.ts';
import { readPreparedDataset } from '../data/prepared-dataset.ts';
import { preparedTraces } from '../data/prepared-traces.ts';
import { type DataFolder, dataFolder } from './data-folder.ts';
import { destroyFile, destroyFolder } from './destroy-file.ts';
import { readPeerConfig } from './peer-config.ts';
import { openPeerStore } from './peer-store.ts';
import { type FolderScan, scanFolder } from './scan-folder.ts';

/** What was destroyed, and what a search through the folder says afterwards. */
export interface Erasure {
  /** Files that were destroyed; 0 where there was nothing left to destroy. */
  readonly destroyed: number;
  /** Pieces of records and secrets that were searched for. */
  readonly traces: number;
  /** Records that no piece tells apart from chance: they could not be searched for. */
  readonly tooPlain: number;
  /** False if the data could not be read any more, so that only the secrets were searched for, or nothing. */
  readonly wereReadable: boolean;
  /** `found` must be empty. */
  readonly scan: FolderScan;
}

/**
 * Destroys the key of a member's data commitment, its training seed, its training and held-out data, what its page showed of them, what it kept to
 * itself of its training, and what its data alone gave; then searches all that is left in the folder for pieces of them. The key goes first: with it goes what the ledger says of the
 * data. Records, models and the member's own key stay. Done again after a crash, it goes on. The peer must not run.
 * @throws PeerError `peer/config-invalid`, `peer/store-locked`
 */
export async function eraseData(path: string): Promise<Erasure> {
  const folder = dataFolder(path);
  const { data } = await readPeerConfig(folder.config);
  const files = [resolve(path, data.training), resolve(path, data.heldOut)];
  const secrets = await readTracesOfSecrets(folder);
  const records = await readTracesOfRecords(files);
  const destroyed = await destroyAll(folder, files);
  const traces = [...secrets, ...records.traces];
  return {
    destroyed,
    traces: traces.length,
    tooPlain: records.tooPlain,
    wereReadable: records.wereReadable,
    scan: await scanFolder(path, traces.length === 0 ? null : finderOf(traces)),
  };
}

/** @returns how many files were destroyed */
async function destroyAll(folder: DataFolder, data: readonly string[]): Promise<number> {
  const store = existsSync(folder.database) ? openPeerStore(folder.database) : null; // no peer can start meanwhile
  try {
    await markErased(folder);
    let destroyed = 0;
    for (const file of [folder.commitmentKey, folder.trainingSeed, ...data]) {
      if (await destroyFile(file)) destroyed += 1;
    }
    destroyed += await destroyFolder(folder.privateBlobs);
    destroyed += await destroyFolder(folder.alone);
    destroyed += await destroyFolder(folder.pictures);
    for (const { round } of store?.privateState() ?? []) store?.dropPrivateState(round);
    store?.scrub();
    return destroyed;
  } finally {
    store?.close();
  }
}

/** Kept so that a peer, its status and a repetition of a round can say why there are no data. On disk before anything is destroyed. */
async function markErased({ erasure }: DataFolder): Promise<void> {
  const file = await open(erasure, 'w', 0o600);
  try {
    await file.writeFile(`${JSON.stringify({ type: 'consilium/erasure/1' })}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  const parent = await open(dirname(erasure), 'r');
  try {
    await parent.sync();
  } finally {
    await parent.close();
  }
}

/** Shorter ones may be anywhere; a secret that is made for a member has 64 characters. */
const SHORTEST_SECRET_BYTES = 16;

/** A secret as the text that its file has, and the key as the bytes that it stands for. */
async function readTracesOfSecrets({ commitmentKey, trainingSeed }: DataFolder): Promise<Uint8Array[]> {
  const texts = await Promise.all(
    [commitmentKey, trainingSeed].map((path) =>
      readFile(path, 'utf8').then(
        (text) => text.trim(),
        () => '',
      ),
    ),
  );
  const key = Buffer.from(texts[0]?.replace(/^0x/, '') ?? '', 'hex');
  const traces = [...texts.map((text) => Buffer.from(text.replace(/^0x/, ''))), key];
  return traces.filter(({ length }) => length >= SHORTEST_SECRET_BYTES);
}

async function readTracesOfRecords(files: readonly string[]) {
  const datasets = await Promise.all(files.map((file) => readPreparedDataset(file).catch(() => null)));
  const readable = datasets.filter((dataset) => dataset !== null);
  return { ...preparedTraces(readable), wereReadable: readable.length === files.length };
}

/** One pass over the bytes is enough where all are searched for by as many of their first bytes as the shortest has. */
function finderOf(traces: readonly Uint8Array[]): TraceFinder {
  const length = Math.min(...traces.map((trace) => trace.length));
  return createTraceFinder(traces.map((trace) => trace.subarray(0, length)));
}
