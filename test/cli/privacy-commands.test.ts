import { describe, expect, test } from 'vitest';
import { parseCommandLine } from '../../src/cli/command-line.ts';
import { privacyEpsilonCommand } from '../../src/cli/privacy-epsilon-command.ts';
import { runCommand } from '../end-to-end/command.ts';

const steps = ['--sigma', '1', '--sampling-rate', '0.01', '--steps', '1000', '--delta', '1e-5'];

describe('consilium privacy epsilon', () => {
  test('prints both figures as one line of JSON', async () => {
    const { code, stdout } = await runCommand('privacy', 'epsilon', ...steps, '--json');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\{"epsilonRdp":2\.10136\d*,"epsilonPld":1\.828\d*\}\n$/);
  });

  test.each([
    ['--sigma', '0'],
    ['--sampling-rate', '1.5'],
    ['--steps', '2.5'],
    ['--delta', '1'],
    ['--delta', '1e999'],
    ['--sigma', '0x10'],
    ['--steps', ''],
  ])('refuses %s %s', async (name, value) => {
    const args = steps.with(steps.indexOf(name) + 1, value);
    const { values } = parseCommandLine(privacyEpsilonCommand.spec, args);
    const refused = expect.objectContaining({
      code: expect.stringMatching(/^(cli\/usage|privacy\/invalid-parameters)$/),
    });
    await expect(privacyEpsilonCommand.run(values, [], new AbortController().signal)).rejects.toThrow(refused);
  });

  test('ends with exit code 2 and one line on what was wrong', async () => {
    const { code, stdout, stderr } = await runCommand('privacy', 'epsilon', ...steps.with(3, '1.5'), '--json');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^privacy\/invalid-parameters: [^\n]+\n$/);
  });
});

test('consilium privacy plan tells noise and spend before anyone trains', async () => {
  const options = ['--epsilon', '8', '--records', '940', '--batch', '32', '--rounds', '30'];
  const { code, stdout } = await runCommand('privacy', 'plan', ...options, '--json');
  const plan = JSON.parse(stdout);
  expect(code).toBe(0);
  expect(plan).toMatchObject({ steps: 870, samplingRate: 32 / 940 });
  expect(plan.noiseMultiplier).toBeCloseTo(0.907, 2);
  expect(plan.epsilonPld).toBeLessThanOrEqual(8);
  expect(plan.spend.at(-1)).toEqual({ rounds: 30, epsilon: plan.epsilonPld });
});
