import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { auditStudy } from '../../src/audit/audit-study.ts';
import { openBundle } from '../../src/audit/read-bundle.ts';
import { writeBundle } from '../../src/audit/write-bundle.ts';
import { composeAggregation } from '../../src/peer/compose-aggregation.ts';
import { AGGREGATION_RULES, type AggregationTerms } from '../../src/protocol/aggregation-terms.ts';
import { memberAccount } from '../builders.ts';
import { MEMBERS, ROUNDS, type SyntheticStudy, syntheticStudy } from './synthetic-study.ts';

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'consilium-rules-'))));
afterAll(() => rm(folder, { recursive: true }));

async function audit({ evidence, manifest, blobs, ledger }: SyntheticStudy) {
  const path = join(folder, `${manifest.aggregation.rule}.car`);
  await writeBundle(path, evidence, manifest, async (name) => blobs.get(name) ?? null);
  const bundle = await openBundle(path);
  try {
    return await auditStudy(bundle, { ledger });
  } finally {
    await bundle.close();
  }
}

/** One attacker is allowed for, although four members are few, so that something is left out. */
const strict = (rule: AggregationTerms['rule']): AggregationTerms => {
  const terms = composeAggregation(rule, MEMBERS, 2);
  return 'attackers' in terms ? { ...terms, attackers: 1, attackersPerMix: 1 } : terms;
};

const CHEATER = { member: 2, round: 1 };

describe.each(AGGREGATION_RULES)('a study under the rule %s', (rule) => {
  test('is replayed bit for bit', async () => {
    const { findings, records } = await audit(
      await syntheticStudy(undefined, undefined, 'float32', { aggregation: strict(rule) }),
    );
    expect(findings).toEqual([]);
    expect(records.mixesReplayed).toBe(MEMBERS * ROUNDS);
  });

  test('has a finding where a member mixes by other numbers than it should', async () => {
    const read = (parameters: Float32Array) => parameters.map((value) => value * 1.25);
    const { findings } = await audit(
      await syntheticStudy({ ...CHEATER, read }, undefined, 'float32', { aggregation: strict(rule) }),
    );
    expect(findings.map(({ code, member }) => [code, member])).toContainEqual([
      'audit/mix-differs',
      memberAccount(CHEATER.member),
    ]);
  });
});
