import { beforeAll, describe, expect, test } from 'vitest';
import type { StudyReplay } from '../../src/audit/replay-study.ts';
import type { Hex } from '../../src/base/bytes.ts';
import { auditReplayCommand } from '../../src/cli/audit/replay-command.ts';
import { auditVerifyCommand } from '../../src/cli/audit/verify-command.ts';
import type { Recipe } from '../../src/protocol/recipe.ts';
import { bundleFiles } from '../audit/bundle-file.ts';
import { MEMBERS, ROUNDS, syntheticStudy } from '../audit/synthetic-study.ts';
import { memberAccount } from '../builders.ts';
import { captureCommand } from './capture-command.ts';

const bundleOf = bundleFiles();
const [second, third] = [2, 3].map(memberAccount) as [Hex, Hex];

/** Member 2 gives itself all the weight in its mix after round 1. */
const cheat = {
  member: 2,
  round: 1,
  recipe: (recipe: Recipe) => ({
    ...recipe,
    segments: recipe.segments.map((s) => ({ ...s, weights: s.weights.map((_, i) => (i === 0 ? 1 : 0)) })),
  }),
};

let honest: string;
let cheating: string;
beforeAll(async () => {
  honest = await bundleOf(await syntheticStudy());
  cheating = await bundleOf(await syntheticStudy(cheat));
});

async function replay(...args: string[]) {
  const { code, stdout } = await captureCommand(auditReplayCommand, ...args, '--json');
  return { code, ...(JSON.parse(stdout) as StudyReplay) };
}

describe('audit replay', () => {
  test('repeats every mix of a study', async () => {
    const { code, mixes, findings } = await replay(honest);
    expect([code, mixes.length, findings]).toEqual([0, MEMBERS * ROUNDS, []]);
    expect(mixes.every(({ isReproduced }) => isReproduced)).toBe(true);
  });

  test('narrowed to one mix, repeats that one and what it follows from', async () => {
    const { code, mixes } = await replay(honest, '--member', third.slice(0, 10), '--round', '2');
    expect([code, mixes]).toEqual([0, [expect.objectContaining({ member: third, round: 2, isReproduced: true })]]);
  });

  test('finds a mix that is not what its recipe says, and does not repeat what follows from it', async () => {
    const { code, mixes, findings } = await replay(cheating, '--member', second);
    expect(code).toBe(3);
    expect(findings).toEqual([expect.objectContaining({ code: 'audit/mix-differs', member: second, round: 1 })]);
    expect(mixes.map(({ isReproduced }) => isReproduced)).toEqual([true, false, false]);
  });

  test('does not look at what was not asked for', async () => {
    expect(await replay(cheating, '--member', third)).toMatchObject({ code: 0, findings: [] });
    expect(await replay(cheating, '--member', second, '--round', '0')).toMatchObject({ code: 0, findings: [] });
    expect(await replay(cheating, '--member', second, '--round', '2')).toMatchObject({ code: 3 });
  });

  test('follows a base that was taken over from another member', async () => {
    const path = await bundleOf(await syntheticStudy(undefined, { member: 3, from: 1, round: 1 }));
    const { code, mixes } = await replay(path, '--member', third, '--round', '1');
    expect([code, mixes.map(({ isReproduced }) => isReproduced)]).toEqual([0, [true]]);
  });

  test('refuses a member or round that there is not', async () => {
    const refused = expect.objectContaining({ code: 'cli/usage' });
    for (const args of [
      ['--member', memberAccount(9)],
      ['--member', '0x'],
      ['--round', '9'],
    ]) {
      await expect(replay(honest, ...args)).rejects.toThrow(refused);
    }
  });
});

describe('audit verify', () => {
  test('repeats the mixes unless told not to, and says so', async () => {
    const full = await captureCommand(auditVerifyCommand, cheating);
    expect([full.code, full.stdout.includes('audit/mix-differs')]).toEqual([3, true]);
    const fast = await captureCommand(auditVerifyCommand, cheating, '--no-replay');
    expect([fast.code, fast.stdout.includes('not repeated')]).toEqual([0, true]);
  });

  test('says what it did not look at, as JSON and as text', async () => {
    const report = async (...args: string[]) =>
      JSON.parse((await captureCommand(auditVerifyCommand, honest, '--json', ...args)).stdout);
    expect((await report()).unchecked).toEqual([]);
    expect((await report('--no-replay')).unchecked).toEqual(['mixes', 'altered-copies']);
    const { stdout } = await captureCommand(auditVerifyCommand, honest, '--no-replay');
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/^NOT CHECKED: .*mixes.*copies/);
    expect((await captureCommand(auditVerifyCommand, honest)).stdout).not.toContain('NOT CHECKED');
  });
});
