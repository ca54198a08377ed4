import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { openSubject } from '../../src/audit/open-subject.ts';
import { openBundle } from '../../src/audit/read-bundle.ts';
import { traceTaint } from '../../src/audit/trace-taint.ts';
import { writeBundle } from '../../src/audit/write-bundle.ts';
import type { Hex } from '../../src/base/bytes.ts';
import { type LineageView, lineageView } from '../../src/web/auditor/lineage-view.ts';
import { reachOf } from '../../src/web/client/auditor/lineage-reach.ts';
import { MEMBERS, ROUNDS, type SyntheticStudy, syntheticStudy } from '../audit/synthetic-study.ts';

let study: SyntheticStudy;
beforeAll(async () => {
  study = await syntheticStudy();
});

interface Reach {
  readonly view: LineageView;
  /** `round/member` of the bases that the audit follows each member's work to. */
  readonly tainted: readonly string[][];
}

async function read(without?: Hex): Promise<Reach> {
  const folder = await mkdtemp(join(tmpdir(), 'consilium-lineage-'));
  const path = join(folder, 'study.car');
  await writeBundle(path, study.evidence, study.manifest, async (name) =>
    name === without ? null : (study.blobs.get(name) ?? null),
  );
  const bundle = await openBundle(path);
  try {
    const { subject } = await openSubject(bundle, null);
    const view = await lineageView(subject);
    const tainted: string[][] = [];
    for (const member of view.members) {
      const { models } = await traceTaint(bundle, [member]);
      tainted.push([...new Set(models.map((each) => `${each.round}/${each.member}`))].toSorted());
    }
    return { view, tainted };
  } finally {
    await bundle.close();
    await rm(folder, { recursive: true });
  }
}

const reached = ({ view }: Reach, row: number): string[] =>
  reachOf(view, new Set([row]))
    .flatMap((is, i) => (is ? `${view.nodes[i]?.round}/${view.nodes[i]?.account}` : []))
    .toSorted();

test('every contribution is a node, and every entry of every recipe an edge into what was trained from it', async () => {
  const { view } = await read();
  expect(view.nodes).toHaveLength(MEMBERS * (ROUNDS + 1));
  expect(view.nodes.filter(({ isFinal }) => isFinal).map(({ round, row }) => [round, row])).toEqual(
    Array.from({ length: MEMBERS }, (_, row) => [ROUNDS, row]),
  );
  for (const [place, node] of view.nodes.entries()) {
    const into = view.edges.filter(([, to]) => to === place);
    expect(into.length > 0).toBe(node.round > 0);
    const total = into.reduce((sum, [, , share]) => sum + share, 0);
    if (node.round > 0) expect(total).toBeCloseTo(1, 2);
  }
});

test('what the work of a member reached is what the audit says', async () => {
  const reach = await read();
  for (const [row, expected] of reach.tainted.entries()) expect(reached(reach, row)).toEqual(expected);
});

test('behind a recipe that is missing, everything counts as reached', async () => {
  const { record } = study.evidence.announcements.find((each) => each.record.round === 1) ?? {};
  const reach = await read(record?.recipe);
  expect(reach.view.nodes.filter(({ isUnknown }) => isUnknown)).toHaveLength(1);
  for (const [row, expected] of reach.tainted.entries()) expect(reached(reach, row)).toEqual(expected);
});
