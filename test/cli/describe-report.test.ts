import { expect, test } from 'vitest';
import { auditStudy } from '../../src/audit/audit-study.ts';
import { openBundle } from '../../src/audit/read-bundle.ts';
import { WHY_RANKS_DIFFER } from '../../src/audit/why-ranks-differ.ts';
import { describeReport } from '../../src/cli/audit/describe-report.ts';
import { openSyntheticStudy } from '../web/open-synthetic-study.ts';

test('ranks come with why their order can be another than that of the scores', async () => {
  const { path, close } = await openSyntheticStudy('a study');
  const bundle = await openBundle(path);
  const report = await auditStudy(bundle, { ledger: null });
  const rank = { rank: 1, best: 1, worst: 4 };
  const ranked = { ...report, members: report.members.map((member) => ({ ...member, rank })) };
  expect(describeReport(ranked)).toContain(WHY_RANKS_DIFFER);
  // Of four members no two are compared: at least three must have scored both.
  expect(describeReport(report)).not.toContain(WHY_RANKS_DIFFER);
  await bundle.close();
  await close();
});
