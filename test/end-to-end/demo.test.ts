import { existsSync, statSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { eventually } from '../eventually.ts';
import { type CommandHost, jsonLines, processesNaming, runCommand, startCommand, startCommandHost } from './command.ts';

const MINUTES = 60_000;

let folder: string;
let host: CommandHost;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-demo-'));
  host = startCommandHost();
});
afterAll(async () => {
  await host.stop();
  await rm(folder, { recursive: true, force: true });
});

interface Finished {
  readonly findings: unknown[];
  readonly records: Record<string, number>;
  readonly members: {
    address: string;
    samples: number;
    accuracyAlone: number;
    accuracyFederated: number;
    score: number | null;
    finalModel: string;
    anchored: number;
  }[];
  readonly accuracyPooled: number;
  readonly report: string;
  readonly bundle: string;
}

const finished = (stdout: string): Finished => jsonLines(stdout).at(-1) as unknown as Finished;

describe('two demos side by side, with the same seed, and scored by two methods', () => {
  const args = ['demo', '--dataset', 'digits', '--peers', '3', '--rounds', '2', '--seed', '5', '--json'];
  let results: { code: number | null; stdout: string; stderr: string }[];
  beforeAll(async () => {
    const methods = { a: 'shapley', b: 'first-order' };
    results = await Promise.all(
      Object.entries(methods).map(([name, method]) =>
        runCommand(...args, '--valuation', method, '--out', join(folder, name)),
      ),
    );
  }, 5 * MINUTES);

  test('both succeed, and their audits are clean', () => {
    for (const { code, stdout, stderr } of results) {
      expect([code, stderr]).toEqual([0, '']);
      const { findings, records } = finished(stdout);
      expect(findings).toEqual([]);
      expect(records).toEqual({ contributions: 6, closings: 3, anchored: 6, valuations: 6, mixesReplayed: 6 });
    }
  });

  test('come to the same models, bit for bit', () => {
    const [a, b] = results.map(({ stdout }) => finished(stdout).members.map((member) => member.finalModel));
    expect(a).toEqual(b);
    expect(new Set(a).size).toBe(1); // everybody pulled from everybody
    // Recorded: the same on every machine and every supported version of Node.
    expect(a?.[0]).toBe('0x7b63640682e8d20a959a8083f2db871e83318c3fd78391ee972f63b8c0ae8a23');
  });

  test('say what the members have and are worth', () => {
    const { members, accuracyPooled } = finished(results[0]?.stdout ?? '');
    expect(members).toHaveLength(3);
    for (const member of members) {
      expect(member.samples).toBeGreaterThan(8);
      expect(member.accuracyFederated).toBeGreaterThan(0.3);
      expect(member.score).toBeNull(); // two others are too few for a median
      expect(member.anchored).toBe(2);
    }
    expect(accuracyPooled).toBeGreaterThan(0.5);
  });

  test('leave a report, a bundle that verifies without any process of the run, and no process', async () => {
    const { report, bundle } = finished(results[0]?.stdout ?? '');
    const html = await readFile(report, 'utf8');
    expect(html).toContain('</html>');
    expect(html).not.toMatch(/(src|href)="https?:/);
    const audit = await runCommand('audit', 'verify', bundle);
    expect([audit.code, audit.stderr]).toEqual([0, '']);
    expect(audit.stdout).toContain('no findings');
    expect(processesNaming(join(folder, 'a'))).toEqual([]);
  });

  test('let a member’s scores be computed again on its own held-out part, and on no other', async () => {
    const recompute = async (run: number, peer: number) => {
      const { bundle, members } = finished(results[run]?.stdout ?? '');
      const data = join(folder, ['a', 'b'][run] ?? '', 'peers', String(peer), 'held-out.dataset');
      const member = members[0]?.address ?? '';
      const asked = ['--data', data, '--member', member, '--round', '1', '--json'];
      const { code, stdout } = await host.run('audit', 'recompute', bundle, ...asked);
      return { code, answer: jsonLines(stdout).at(-1) };
    };
    const [own, other, byGradient] = [await recompute(0, 1), await recompute(0, 2), await recompute(1, 1)];
    expect(byGradient).toMatchObject({ code: 0, answer: { matches: true } });
    expect(own).toMatchObject({ code: 0, answer: { matches: true } });
    expect(other).toMatchObject({ code: 3, answer: { matches: false } });
  });

  test('keep secrets to their owners', () => {
    for (const secret of ['keystore.json', 'password', 'training-seed', 'commitment-key', 'training.dataset']) {
      expect(statSync(join(folder, 'a', 'peers', '1', secret)).mode & 0o077).toBe(0);
    }
  });
});

describe('a demo in which the chain is away for several rounds', () => {
  test(
    'trains on, and everything is on the ledger afterwards, once, in order',
    async () => {
      const out = join(folder, 'outage');
      const args = ['--peers', '3', '--rounds', '5', '--chain-outage', '--json', '--out', out];
      const result = await runCommand('demo', ...args);
      expect([result.code, result.stderr]).toEqual([0, '']);
      const lines = jsonLines(result.stdout);
      const at = (event: string): number => lines.findIndex((line) => line.event === event);
      const [stopped, restarted] = [at('demo.chain-stopped'), at('demo.chain-restarted')];
      // The control: while the chain was away at least two rounds began, and nothing was anchored.
      const meanwhile = lines.slice(stopped, restarted);
      expect(
        new Set(meanwhile.filter(({ event }) => event === 'round.mixed').map(({ round }) => round)).size,
      ).toBeGreaterThan(1);
      expect(meanwhile.filter(({ event }) => event === 'record.anchored')).toEqual([]);
      const { findings, records } = finished(result.stdout);
      expect(findings).toEqual([]);
      expect(records).toMatchObject({ anchored: 15, closings: 3, valuations: 15 });
      const anchored = lines.filter(({ event, kind }) => event === 'record.anchored' && kind === 'contribution');
      for (const peer of new Set(anchored.map((line) => line.peer))) {
        expect(anchored.filter((line) => line.peer === peer).map(({ round }) => round)).toEqual([0, 1, 2, 3, 4, 5]);
      }
    },
    5 * MINUTES,
  );
});

describe('a demo in which a peer is killed', () => {
  test(
    'goes on without it; what others heard of it is on the ledger',
    async () => {
      const out = join(folder, 'killed');
      const result = await runCommand('demo', '--peers', '4', '--rounds', '4', '--kill', '2', '--json', '--out', out);
      expect([result.code, result.stderr]).toEqual([0, '']);
      const killed = jsonLines(result.stdout).find((line) => line.event === 'demo.killed');
      expect(killed?.round).toBe(2);
      const { findings, members, records } = finished(result.stdout);
      expect(findings).toEqual([]);
      expect([0, 2, 3].map((i) => members[i]?.anchored)).toEqual([4, 4, 4]);
      expect(members.map(({ finalModel }) => finalModel !== null)).toEqual([true, false, true, true]);
      // Killed in the moment of announcing: either somebody heard its last contribution and brought it to the ledger, or nobody did.
      const notices = JSON.stringify(jsonLines(result.stdout).at(-1));
      const heard = members[1]?.anchored === 3;
      expect(members[1]?.anchored).toBe(heard ? 3 : 2);
      expect(notices.includes('went away before it was recorded')).toBe(!heard);
      expect(notices).toContain(
        `no contribution in ${heard ? 'round 3' : '2 rounds from 2 to 3'} and the closing record`,
      );
      expect(records.mixesReplayed).toBe(3 * 4 + (heard ? 2 : 1));
    },
    5 * MINUTES,
  );
});

describe('a demo that is stopped', () => {
  const startAndWait = async (name: string) => {
    const out = join(folder, name);
    const demo = startCommand(['demo', '--peers', '2', '--json', '--out', out]);
    await demo.event('round.started');
    expect(processesNaming(out).length).toBeGreaterThanOrEqual(4); // the control: chain, two peers, the demo itself
    return { demo, out };
  };

  test(
    'by Ctrl-C ends all its processes',
    async () => {
      const { demo, out } = await startAndWait('stopped');
      demo.process.kill('SIGINT');
      expect((await demo.ended).code).toBe(130);
      expect(processesNaming(out)).toEqual([]);
    },
    3 * MINUTES,
  );

  test('one peer waiting for another that hangs: it stops at once when told to, and the demo with it', async () => {
    const { demo, out } = await startAndWait('hanging');
    const pidOf = (peer: number): number => processesNaming(join(out, 'peers', String(peer)))[0] ?? -1;
    const [waiting, hanging] = [pidOf(1), pidOf(2)];
    process.kill(hanging, 'SIGSTOP');
    await systemClock.wait(3_000); // the other one has trained by then, and waits
    process.kill(waiting, 'SIGTERM');
    await eventually(() => expect(processesNaming(out)).not.toContain(waiting), 10_000);
    const { code, stderr } = await demo.ended;
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^cli\/step-failed: peer 1 ended with 0/)]);
    expect(processesNaming(out)).toEqual([]);
  }, 400_000);

  test(
    'by SIGKILL, too: its processes notice that it is gone',
    async () => {
      const { demo, out } = await startAndWait('shot');
      demo.process.kill('SIGKILL');
      await demo.ended;
      await eventually(() => expect(processesNaming(out)).toEqual([]), MINUTES);
    },
    3 * MINUTES,
  );
});

describe('a demo with wrong options', () => {
  const cases: [string, string[], string][] = [
    ['an unknown option', ['--peer', '3'], 'cli/usage'],
    ['an option given twice', ['--peers', '3', '--peers', '4'], 'cli/usage'],
    ['too few peers', ['--peers', '1'], 'cli/usage'],
    ['too many peers', ['--peers', '17'], 'cli/usage'],
    ['a number that is none', ['--rounds', '3x'], 'cli/usage'],
    ['no rounds', ['--rounds', '0'], 'cli/usage'],
    ['a skew of zero', ['--alpha', '0'], 'cli/usage'],
    ['a peer to kill that is not there', ['--kill', '6'], 'cli/usage'],
    ['two disasters at once', ['--kill', '2', '--chain-outage'], 'cli/usage'],
    ['more pulls than peers', ['--pulls', '5'], 'cli/usage'],
    ['a data set that is not there', ['--dataset', 'no-such-file.npz'], 'data/missing-file'],
    ['a folder without tables as data set', ['--dataset', '.'], 'data/missing-file'],
    ['a data file of the wrong kind', ['--dataset', 'package.json'], 'data/bad-archive'],
    ['a word too many', ['extra'], 'cli/usage'],
  ];
  test.each(cases)('%s: one line, exit code 2, nothing written', async (_what, args, code) => {
    const out = join(folder, 'wrong');
    const result = await host.run('demo', ...args, '--out', out);
    expect(result.code).toBe(2);
    expect(result.stdout).toBe('');
    expect(result.stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(result.stderr).toMatch(new RegExp(`^${code}: .+`));
    expect(existsSync(out)).toBe(false);
  });

  test('a folder that is not empty is left alone', async () => {
    const result = await runCommand('demo', '--out', 'src');
    expect([result.code, result.stdout]).toEqual([2, '']);
    expect(result.stderr).toMatch(/^cli\/usage: .*not empty/);
  });
});
