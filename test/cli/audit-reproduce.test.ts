import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeBundle } from '../../src/audit/write-bundle.ts';
import { auditReproduceCommand } from '../../src/cli/audit/reproduce-command.ts';
import { createBlobStore } from '../../src/peer/blob-store.ts';
import { dataFolder } from '../../src/peer/data-folder.ts';
import { studyOf } from '../../src/protocol/manifest.ts';
import { bundleFiles } from '../audit/bundle-file.ts';
import { syntheticStudy } from '../audit/synthetic-study.ts';
import { DOMAIN } from '../builders.ts';
import { recordedMember } from '../peer/recorded-member.ts';
import { captureCommand } from './capture-command.ts';

const bundleOf = bundleFiles();
let folder: string;
let path: string;
let bundle: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-audit-reproduce-'));
  const cheat = (round: number, parameters: Float32Array) => (round === 1 ? parameters.map((v) => v * 2) : parameters);
  const member = await recordedMember(join(folder, 'member'), { cheat });
  path = member.path;
  bundle = join(folder, 'evidence.car');
  const evidence = { ...DOMAIN, study: studyOf(member.manifest), initialModel: [...(member.bases[0] ?? [])] };
  const blobs = createBlobStore(dataFolder(path).blobs);
  const lists = { announcements: [], checkpoints: [], log: member.log.map((entry) => ({ ...entry })) };
  await writeBundle(bundle, { ...evidence, ...lists }, member.manifest, blobs.get);
});
afterAll(() => rm(folder, { recursive: true }));

const reproduce = (round: string, from: string, ...more: string[]) =>
  captureCommand(auditReproduceCommand, path, '--round', round, '--bundle', from, ...more);

test('exit codes tell a round that is the same, one that is not, and one of which it cannot be told', async () => {
  expect(await reproduce('2', bundle)).toMatchObject({ code: 0, stdout: expect.stringContaining('bit for bit') });
  expect(await reproduce('1', bundle)).toMatchObject({ code: 3, stdout: expect.stringMatching(/^FINDING/) });
  expect(await reproduce('7', bundle)).toMatchObject({ code: 2, stdout: expect.stringContaining('(not-recorded)') });
  const { stdout } = await reproduce('1', bundle, '--json');
  expect(JSON.parse(stdout)).toMatchObject({ outcome: 'mismatch', at: 1, round: 1 });
});

test('a bundle of another study is refused', async () => {
  const other = await bundleOf(await syntheticStudy());
  await expect(reproduce('1', other)).rejects.toThrow(expect.objectContaining({ code: 'cli/usage' }));
});
