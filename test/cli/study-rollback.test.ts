import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeBundle } from '../../src/audit/write-bundle.ts';
import { parseManifest, studyOf } from '../../src/protocol/manifest.ts';
import { type SyntheticStudy, syntheticStudy } from '../audit/synthetic-study.ts';
import { memberAccount } from '../builders.ts';
import { runCommand } from '../end-to-end/command.ts';

let folder: string;
let study: SyntheticStudy;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-rollback-command-'));
  study = await syntheticStudy(undefined, { member: 4, from: 1, round: 0 }); // the fourth comes in round 1
  const read = async (name: `0x${string}`) => study.blobs.get(name) ?? null;
  await writeBundle(join(folder, 'evidence.car'), study.evidence, study.manifest, read);
});
afterAll(() => rm(folder, { recursive: true }));

const rollback = (without: string, out: string) =>
  runCommand(
    'study',
    'rollback',
    join(folder, 'evidence.car'),
    '--without',
    without,
    '--out',
    join(folder, out),
    '--json',
  );

test('study rollback writes the manifest of a study that goes on from before a member was mixed', async () => {
  const { code, stdout, stderr } = await rollback(memberAccount(4), 'successor.json');
  expect([code, stderr]).toEqual([0, '']);
  const manifest = parseManifest(await readFile(join(folder, 'successor.json'), 'utf8'), 'successor.json');
  const report = JSON.parse(stdout);
  expect(report).toMatchObject({ study: studyOf(manifest), continues: studyOf(study.manifest), round: 1, members: 3 });
  const bases = [1, 2, 3].map((n) => {
    const { record } = study.evidence.announcements.find(
      (each) => each.record.member === memberAccount(n) && each.record.round === 1,
    ) ?? { record: null };
    return { member: memberAccount(n), base: record?.base, recipe: record?.recipe };
  });
  expect(manifest.continues).toMatchObject({ without: [memberAccount(4)], round: 1 });
  expect(new Set(manifest.continues?.bases)).toEqual(new Set(bases));
  const { continues: _, nonce: __, minimumMembers: ___, ...terms } = manifest;
  expect(study.manifest).toMatchObject(terms); // all else stays

  expect((await rollback(memberAccount(4), 'successor.json')).stderr).toMatch(/^cli\/usage/); // nothing is overwritten
});

test('whoever is there from the beginning takes the study back to its initial model', async () => {
  const { stdout } = await rollback(memberAccount(1), 'from-the-start.json');
  expect(JSON.parse(stdout)).toMatchObject({ round: 0, members: 3 });
  const manifest = parseManifest(await readFile(join(folder, 'from-the-start.json'), 'utf8'), '');
  expect(manifest.continues?.bases).toEqual([]);
});

test.each([
  [memberAccount(9), /^peer\/not-in-study/],
  [[1, 2, 3].map(memberAccount).join(), /^peer\/no-clean-checkpoint/],
  ['0x12', /^cli\/usage/],
])('study rollback without %s is refused', async (without, error) => {
  const { code, stderr } = await rollback(without, 'refused.json');
  expect([code, stderr]).toEqual([2, expect.stringMatching(error)]);
});
