import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditStudy } from '../../src/audit/audit-study.ts';
import { openBundle } from '../../src/audit/read-bundle.ts';
import { createSeededRandom } from '../../src/base/seeded-random.ts';
import { auditRecomputeCommand } from '../../src/cli/audit/recompute-command.ts';
import type { Dataset } from '../../src/data/dataset.ts';
import { writePreparedDataset } from '../../src/data/prepared-dataset.ts';
import type { Engine } from '../../src/model/engine.ts';
import { createWasmEngine } from '../../src/model/wasm-engine.ts';
import { composeValuation } from '../../src/peer/compose-valuation.ts';
import type { RecomputedScores } from '../../src/peer/recompute-scores.ts';
import { type Manifest, manifestSchema } from '../../src/protocol/manifest.ts';
import { VALUATION_METHODS } from '../../src/protocol/valuation-terms.ts';
import { memberAccount } from '../builders.ts';
import { captureCommand } from '../cli/capture-command.ts';
import { eventually } from '../eventually.ts';
import { writeLightBundle } from '../faults/gossip/light-evidence.ts';
import { type LightFederation, lightManifest, startLightFederation } from '../faults/gossip/light-federation.ts';
import { TINY_ARCHITECTURE } from '../faults/gossip/tiny-model.ts';

const MEMBERS = 3;
const ROUNDS = 2;
const WITHIN = 60_000;
const PLACES = Array.from({ length: MEMBERS }, (_, place) => place);

let folder: string;
let engine: Engine;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-methods-'));
  engine = await createWasmEngine();
  for (const place of PLACES) await writePreparedDataset(heldOutOf(place), samplesOf(`held out ${place}`, 12));
});
afterAll(() => rm(folder, { recursive: true }));

const heldOutOf = (place: number): string => join(folder, `${place}.dataset`);

/** The first input tells the class, more or less; the other ones nothing. */
function samplesOf(seed: string, samples: number): Dataset {
  const { next } = createSeededRandom(seed);
  const labels = Uint8Array.from({ length: samples }, (_, i) => i % 2);
  return {
    inputs: Float32Array.from([...labels].flatMap((label) => [label + next(), ...Array.from({ length: 29 }, next)])),
    labels,
    samples,
    inputShape: [30],
    classes: 2,
    classNames: ['no', 'yes'],
    inputScaling: { offset: Array(30).fill(0), scale: Array(30).fill(1) },
  };
}

/** Runs a study to its end by peers that train and value as peers do. @returns its bundle */
async function record(manifest: Manifest): Promise<{ path: string; federation: LightFederation }> {
  const federation = await startLightFederation({
    seed: manifest.title,
    members: MEMBERS,
    epochMilliseconds: 0,
    manifest,
    learningOf: (place) => ({
      model: engine.createModel(TINY_ARCHITECTURE),
      training: samplesOf(`training ${place}`, 16),
      heldOut: samplesOf(`held out ${place}`, 12),
    }),
  });
  await eventually(async () => {
    for (const peer of federation.peers) expect(peer.failure()).toBeNull();
    const log = await federation.ledger.entries(federation.study, 0);
    expect(log.filter(({ kind }) => kind === 'valuation')).toHaveLength(MEMBERS * ROUNDS);
  }, WITHIN);
  await Promise.all(federation.peers.map((peer) => peer.stop()));
  const path = join(folder, `${manifest.title}.car`);
  await writeLightBundle(path, manifest, federation, PLACES);
  return { path, federation };
}

async function recompute(path: string, data: string, member: number, round: number) {
  const of = ['--data', data, '--member', memberAccount(member + 1), '--round', String(round)];
  const { code, stdout } = await captureCommand(auditRecomputeCommand, path, ...of, '--json');
  return { code, ...(JSON.parse(stdout) as RecomputedScores & { matches: boolean }) };
}

test.each(VALUATION_METHODS)(
  'scores by %s are computed again from the bundle and the held-out part, to the last digit',
  async (method) => {
    const light = lightManifest({ seed: method, members: MEMBERS });
    const manifest = manifestSchema.parse({
      ...light,
      title: method,
      rounds: ROUNDS,
      waiting: { quorum: 1, graceSeconds: 600, lostGraceSeconds: 600 },
      valuation: composeValuation(method),
    });
    const { path, federation } = await record(manifest);
    const bundle = await openBundle(path);
    expect((await auditStudy(bundle, { ledger: federation.ledger })).findings).toEqual([]);
    await bundle.close();
    await federation.stop();
    const scores: (number | null)[] = [];
    for (const place of PLACES) {
      for (let round = 0; round < ROUNDS; round++) {
        const found = await recompute(path, heldOutOf(place), place, round);
        expect([method, place, round, found.code, found.matches]).toEqual([method, place, round, 0, true]);
        scores.push(...found.scores.map(({ revealed }) => revealed));
      }
    }
    expect(scores).toHaveLength(MEMBERS * MEMBERS * ROUNDS);
    expect(new Set(scores).size).toBeGreaterThanOrEqual(MEMBERS * ROUNDS); // not the same for everybody

    // The control: on another member's records it comes out otherwise.
    const other = await recompute(path, heldOutOf(1), 0, 1);
    expect([other.code, other.matches]).toEqual([3, false]);
    const isDifferent = other.scores.some(({ revealed, found }) => revealed !== found);
    expect(isDifferent).toBe(method !== 'update-cosine'); // which looks at no record
  },
  2 * WITHIN,
);
