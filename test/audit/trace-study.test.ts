import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AuditSubject, auditSubject } from '../../src/audit/audit-subject.ts';
import { openBundle } from '../../src/audit/read-bundle.ts';
import { traceStudy } from '../../src/audit/trace-study.ts';
import { writeBundle } from '../../src/audit/write-bundle.ts';
import type { Hex } from '../../src/base/bytes.ts';
import { decodeRecipe } from '../../src/protocol/recipe.ts';
import { DOMAIN, memberAccount } from '../builders.ts';
import { MEMBERS, ROUNDS, type SyntheticStudy, syntheticStudy } from './synthetic-study.ts';

let folder: string;
let honest: SyntheticStudy;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-trace-'));
  honest = await syntheticStudy();
});
afterAll(() => rm(folder, { recursive: true }));

let files = 0;
/** @param change what the subject is to say instead */
async function traceOf(
  study: SyntheticStudy,
  change: { without?: Hex; manifest?: Partial<AuditSubject['manifest']> } = {},
) {
  const path = join(folder, `${files++}.car`);
  const read = async (name: Hex) => (name === change.without ? null : (study.blobs.get(name) ?? null));
  await writeBundle(path, study.evidence, study.manifest, read);
  const bundle = await openBundle(path);
  try {
    const manifest = { ...study.manifest, ...change.manifest };
    return await traceStudy(auditSubject({ domain: DOMAIN, manifest, bundle, log: study.evidence.log }));
  } finally {
    await bundle.close();
  }
}

const recordOf = ({ evidence }: SyntheticStudy, n: number, round: number) =>
  evidence.announcements.find(({ record }) => record.member === memberAccount(n) && record.round === round)?.record;

/** Mixes of the honest study as a matrix a round: shares, mean over the segments. Nothing is clipped in it. */
function matrices(): number[][][] {
  return Array.from({ length: ROUNDS }, (_, round) =>
    Array.from({ length: MEMBERS }, (__, i) => {
      const digest = recordOf(honest, i + 1, round + 1)?.recipe ?? '0x';
      const { entries, segments } = decodeRecipe(honest.blobs.get(digest) ?? new Uint8Array());
      return Array.from({ length: MEMBERS }, (___, k) => {
        const entry = entries.findIndex(({ member }) => member === memberAccount(k + 1));
        const weights = segments.map(({ sources, weights: all, scales }) => {
          const at = sources.indexOf(entry);
          return at < 0 ? 0 : (all[at] ?? 0) * (scales[at] ?? 0);
        });
        return weights.reduce((sum, weight) => sum + weight, 0) / segments.length;
      });
    }),
  );
}

test('the credits of a study follow from its recipes and its revealed scores', async () => {
  // Everybody says 10, 20, 30 and 40 in every round; per share that is another number for each evaluator.
  let credits = Array.from({ length: MEMBERS }, () => Array.from({ length: MEMBERS }, () => 0));
  for (const matrix of matrices()) {
    const worth = matrix.map((_, k) => {
      const told = matrix.flatMap((row, i) =>
        i === k || row[k] === 0 ? [] : Math.round((10 * (k + 1)) / (row[k] ?? 1)),
      );
      return told.length < 3 ? 0 : (told.toSorted((a, b) => a - b)[1] ?? 0);
    });
    credits = matrix.map((row, i) =>
      row.map(
        (_, k) =>
          row.reduce((sum, share, j) => sum + share * ((credits[j]?.[k] ?? 0) + (j === k ? (worth[k] ?? 0) : 0)), 0) +
          (1 - row.reduce((sum, share) => sum + share, 0)) * (credits[i]?.[k] ?? 0),
      ),
    );
  }
  const traced = await traceOf(honest);
  expect(Math.max(...credits.flat())).toBeGreaterThan(10);
  for (const [i, model] of credits.entries())
    for (const [k, credit] of model.entries())
      expect(Math.abs((traced?.models[i]?.[k] ?? NaN) - credit)).toBeLessThan(1);
});

test('a base that was taken over owes what the other one owes', async () => {
  const adoption = { member: 3, from: 1, round: ROUNDS - 1 };
  const traced = await traceOf(await syntheticStudy(undefined, adoption));
  expect(traced?.models[2]).not.toBeNull();
  expect(traced?.models[2]).toEqual(traced?.models[0]);
});

test('a recipe that is missing leaves what came of it untraced, and nothing else', async () => {
  const traced = await traceOf(honest, { without: recordOf(honest, 2, ROUNDS)?.recipe ?? '0x' });
  expect(traced?.models.map((credits) => credits === null)).toEqual([false, true, false, false]);
});

test('scores of models are not traced', async () => {
  const valuation = { ...honest.manifest.valuation, credit: 'model' as const };
  expect(await traceOf(honest, { manifest: { valuation } })).toBeNull();
});
