import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CommandHost, jsonLines, runCommand, startCommandHost } from './command.ts';

const MINUTES = 60_000;

let folder: string;
let host: CommandHost;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-valuation-'));
  host = startCommandHost();
});
afterAll(async () => {
  await host.stop();
  await rm(folder, { recursive: true, force: true });
});

test(
  'a study that scores by drawn permutations states the error, signed, and the audit draws the same again',
  async () => {
    const out = join(folder, 'run');
    const args = ['--peers', '3', '--rounds', '1', '--seed', '2', '--valuation', 'permutation-shapley'];
    const { code, stdout } = await runCommand('demo', ...args, '--json', '--out', out);
    const lines = jsonLines(stdout);
    const { bundle, members, findings } = lines.at(-1) as {
      bundle: string;
      members: { address: string }[];
      findings: unknown[];
    };
    expect([code, findings]).toEqual([0, []]);
    const member = members[0]?.address ?? '';
    const valued = lines.filter((line) => line.event === 'round.valued' && line.member === member);
    expect(valued).toMatchObject([{ round: 0, method: 'permutation-shapley' }]);
    const error = valued[0]?.scoreErrorMicros as number;
    expect(error).toBeGreaterThan(0);

    const shown = await host.run('audit', 'show', bundle, '--member', member, '--round', '1', '--json');
    const { record } = jsonLines(shown.stdout).at(-1) as { record: { metrics: Record<string, number | null> } };
    expect(record.metrics).toMatchObject({ scoreErrorMicros: error, utilityMicros: valued[0]?.utilityMicros });
    const data = join(out, 'peers', '1', 'held-out.dataset');
    const asked = ['--data', data, '--member', member, '--round', '0', '--json'];
    const recomputed = await host.run('audit', 'recompute', bundle, ...asked);
    expect(jsonLines(recomputed.stdout).at(-1)).toMatchObject({
      matches: true,
      scoreErrorMicros: { stated: error, found: error },
    });
  },
  5 * MINUTES,
);
