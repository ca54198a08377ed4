import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { auditCheckProofCommand } from '../../src/cli/audit/check-proof-command.ts';
import { auditProveCommand } from '../../src/cli/audit/prove-command.ts';
import { bundleFiles } from '../audit/bundle-file.ts';
import { syntheticStudy } from '../audit/synthetic-study.ts';
import { memberAccount } from '../builders.ts';
import { captureCommand } from './capture-command.ts';

const bundleOf = bundleFiles();
const ROTATION = { member: 3, successor: 8, round: 2 };
let folder: string;
let path: string;
let files = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-proofs-'));
  path = await bundleOf(await syntheticStudy(undefined, undefined, 'float32', { rotation: ROTATION }));
});
afterAll(() => rm(folder, { recursive: true }));

async function prove(member: string, round: number) {
  const out = join(folder, `${files++}.json`);
  const place = ['--member', member, '--round', String(round), '--segment', '1'];
  const { code, stdout } = await captureCommand(auditProveCommand, path, ...place, '--out', out, '--json');
  return { code, out, ...(JSON.parse(stdout) as { member: string; bytes: number }) };
}

describe('audit prove', () => {
  test('takes the beginning of an account, and names the account', async () => {
    const { code, out, member, bytes } = await prove(memberAccount(2).slice(0, 8), 1);
    expect([code, member]).toEqual([0, memberAccount(2)]);
    expect(bytes).toBe((await readFile(out)).length);
    const checked = await captureCommand(auditCheckProofCommand, out, '--json');
    expect(JSON.parse(checked.stdout)).toMatchObject({ ok: true, claim: { member: memberAccount(2), round: 1 } });
  });

  test.each([
    ['old', 1, 3],
    ['new', 2, 8],
  ])(
    'of a member whose key was replaced finds what it signed with the %s one, by either account',
    async (_key, round, signer) => {
      for (const account of [3, 8]) {
        expect(await prove(memberAccount(account).slice(0, 8), round)).toMatchObject({ member: memberAccount(signer) });
      }
    },
  );

  test.each([memberAccount(9), '0x', 'member'])('refuses --member %s', async (member) => {
    await expect(prove(member, 1)).rejects.toMatchObject({ code: 'cli/usage' });
  });
});
