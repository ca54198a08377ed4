import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { keccak256 as ethersKeccak } from 'ethers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBundleFile } from '../../src/audit/open-bundle-file.ts';
import { verifyLedger } from '../../src/audit/verify-ledger.ts';
import { writeBundle } from '../../src/audit/write-bundle.ts';
import { readImports } from '../architecture/import-graph.ts';
import { keccak256 } from './independent/keccak.ts';
import { type Recovered, verifyLedgerPart } from './independent/verify-ledger-part.ts';
import { baseBundle } from './mutations/base-bundle.ts';
import { mutationOf } from './mutations/campaign.ts';
import type { BaseBundle, Mutation } from './mutations/case.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FOLDER = 'test/audit/independent';

test('the second verifier shares no code with the first: it imports itself and Node only', () => {
  const imports = readImports(ROOT, FOLDER);
  expect(imports.length).toBeGreaterThan(4);
  expect(
    imports.filter(({ external, to }) => (external ? !to.startsWith('node:') : !to.startsWith(`${FOLDER}/`))),
  ).toEqual([]);
});

test('its Keccak-256 is that of others, over one block and several', () => {
  for (const length of [0, 1, 135, 136, 137, 400]) {
    const message = Buffer.alloc(length, length);
    expect(`0x${keccak256(message).toString('hex')}`).toBe(ethersKeccak(message));
  }
});

let folder: string;
let base: BaseBundle;
const recovered: Recovered = new Map();
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-second-'));
  base = await baseBundle();
});
afterAll(() => rm(folder, { recursive: true }));

async function bytesOf({ file, parts }: Pick<Mutation, 'file' | 'parts'>): Promise<Buffer> {
  if (file !== undefined) return file;
  const { evidence, manifest, blobs } = parts ?? base.study;
  const path = join(folder, 'parts.car');
  await writeBundle(
    path,
    evidence,
    manifest ?? base.study.manifest,
    async (digest) => (blobs ?? base.study.blobs).get(digest) ?? null,
  );
  return readFile(path);
}

const firstSays = async (file: Buffer): Promise<boolean> => {
  const path = join(folder, 'first.car');
  await writeFile(path, file);
  const opened = await openBundleFile(path);
  const { findings } = await verifyLedger(opened).finally(() => void opened.close());
  return findings.length === 0;
};

const secondSays = (file: Buffer): boolean => verifyLedgerPart(file, recovered).length === 0;

test('both find nothing in an honest bundle', async () => {
  expect(verifyLedgerPart(base.file, recovered)).toEqual([]);
  expect(await firstSays(base.file)).toBe(true);
});

/** Mutations of the ledger part; those of other parts are none of the second verifier's business. */
const KINDS = [
  'dropRecord',
  'truncateRecords',
  'editRecord',
  'editSignature',
  'editRecordEverywhere',
  'editEntry',
  'editScores',
  'dropEntry',
  'duplicateEntry',
  'swapEntries',
  'truncateLog',
  'editCheckpoint',
  'editRecipe',
  'editSegment',
  'wrongChain',
  'lookAlikeContract',
];
const EACH = 3;

test.each(KINDS)('both find %s', async (kind) => {
  for (let i = 0; i < EACH; i++) {
    const file = await bytesOf(mutationOf(base, kind, `second/${i}`));
    expect([kind, i, await firstSays(file), secondSays(file)]).toEqual([kind, i, false, false]);
  }
});

test('both find nothing where what is changed lies outside the ledger part', async () => {
  for (const kind of ['signedSegmentChoice', 'reshapeProof', 'editInitialModel']) {
    const file = await bytesOf(mutationOf(base, kind, 'outside'));
    expect([kind, await firstSays(file), secondSays(file)]).toEqual([kind, true, true]);
  }
});
