import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkProof } from '../../src/audit/check-proof.ts';
import { openBundleFile } from '../../src/audit/open-bundle-file.ts';
import { encodeSegmentProof } from '../../src/audit/segment-proof.ts';
import { verifyContents } from '../../src/audit/verify-contents.ts';
import { verifyLedger } from '../../src/audit/verify-ledger.ts';
import { isConsiliumError } from '../../src/base/errors.ts';
import { createSeededRandom } from '../../src/base/seeded-random.ts';
import type { VerifierAnswer } from '../../src/web/client/verify/verifier-message.ts';
import { writeMutated } from '../audit/mutations/audit-mutation.ts';
import { baseBundle } from '../audit/mutations/base-bundle.ts';
import { mutationOf } from '../audit/mutations/campaign.ts';
import type { BaseBundle } from '../audit/mutations/case.ts';
import { honestProof } from '../audit/mutations/honest-proof.ts';
import { MUTATION_KINDS } from '../audit/mutations/kinds.ts';
import * as proofKinds from '../audit/mutations/proof-mutations.ts';
import { type BundledVerifier, startBundledVerifier } from './bundled-verifier.ts';

const BUNDLE_KINDS = Object.keys(MUTATION_KINDS).filter((kind) => !(kind in proofKinds));
/** What it takes the whole audit to see, some or all of it: what recipes say, the order of records, a chain. The page says so. */
const UNSEEN = ['swapRecords', 'editEntryPlace', 'duplicateCheckpoint', 'dropCheckpoint', 'signedSegmentChoice'];

let folder: string;
let path: string;
let base: BaseBundle;
let verifier: BundledVerifier;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-verifier-'));
  path = join(folder, 'bundle.car');
  base = await baseBundle();
  verifier = await startBundledVerifier();
});
afterAll(async () => {
  await verifier.stop();
  await rm(folder, { recursive: true });
});

async function inBrowser(bytes: Uint8Array<ArrayBuffer>): Promise<VerifierAnswer | undefined> {
  return (await verifier.ask({ file: new Blob([bytes]), members: null })).at(-1);
}

/** The same by the same code in Node, from the file. */
async function inNode(): Promise<object> {
  try {
    const file = await openBundleFile(path);
    try {
      const ledger = await verifyLedger(file);
      const contents = await verifyContents(file, ledger.participants);
      return { kind: 'bundle', findings: [...ledger.findings, ...contents.findings], head: ledger.head };
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isConsiliumError(error, 'audit/bundle-unreadable')) return { kind: 'unreadable', reason: error.message };
    throw error;
  }
}

function comparable(answer: VerifierAnswer | undefined): object | undefined {
  if (answer?.kind !== 'bundle') return answer;
  const { findings, head } = answer.outcome;
  return { kind: 'bundle', findings, head };
}

test('a bundle is verified without anything that only Node has, and a clean one has no finding', async () => {
  await writeFile(path, base.file);
  const answers = await verifier.ask({ file: new Blob([await readFile(path)]), members: null });
  const { evidence, manifest } = base.study;
  expect(answers.at(-1)).toMatchObject({
    kind: 'bundle',
    outcome: {
      count: 0,
      findings: [],
      entries: evidence.log.length,
      signatures: evidence.announcements.length + evidence.checkpoints.length,
      blocks: base.sections.length,
      bytes: base.file.length,
      terms: { title: manifest.title },
    },
  });
  expect(comparable(answers.at(-1))).toEqual(await inNode());
  const last = new Map(answers.flatMap((each) => (each.kind === 'progress' ? [[each.step, each]] : [])));
  expect([...last.keys()]).toEqual(['blocks', 'ledger', 'contents']);
  for (const { done, total } of last.values()) expect(done).toBe(total);
});

test.each(BUNDLE_KINDS)('a bundle changed by %s is judged as in Node', async (kind) => {
  let unseen = 0;
  for (const label of ['a', 'b', 'c']) {
    const mutation = mutationOf(base, kind, `browser/${label}`);
    await writeMutated(base, mutation, path);
    const answer = await inBrowser(await readFile(path));
    expect({ what: mutation.what, ...comparable(answer) }).toEqual({ what: mutation.what, ...(await inNode()) });
    if (answer?.kind === 'bundle' && answer.outcome.count === 0) unseen += 1;
  }
  expect(unseen > 0).toBe(UNSEEN.includes(kind));
});

test('a proof is checked, and a changed one refused as in Node', async () => {
  const honest = Buffer.from(encodeSegmentProof(honestProof(base, createSeededRandom('honest'))));
  expect(await inBrowser(Uint8Array.from(honest))).toMatchObject({ kind: 'proof', verdict: { ok: true } });
  for (const kind of Object.keys(proofKinds)) {
    const { proof = Buffer.alloc(0) } = mutationOf(base, kind, 'browser');
    const answer = await inBrowser(Uint8Array.from(proof));
    const verdict = await checkProof(proof, { ledger: null, members: null });
    if (!verdict.ok && verdict.code === 'proof/malformed') expect(answer?.kind).toBe('unreadable');
    else expect(answer).toEqual({ kind: 'proof', verdict });
  }
});

test.each([
  ['text', 'hello'],
  ['JSON', '{"a":1}'],
  ['nothing', ''],
])('%s is neither', async (_what, text) => {
  expect(await inBrowser(new TextEncoder().encode(text))).toMatchObject({ kind: 'unreadable' });
});
