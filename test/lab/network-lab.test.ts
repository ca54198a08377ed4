import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { eventually } from '../eventually.ts';
import { labAvailable } from './lab-available.ts';
import { sweepNamespaces } from './lab-namespaces.ts';
import { type LabProcess, startLabProcess } from './lab-process.ts';
import { createNetworkLab, type NetworkLab } from './network-lab.ts';
import { runTool } from './run-tool.ts';
import type { TrafficTask } from './traffic-worker.ts';

const WORKER = new URL('traffic-worker.ts', import.meta.url);
const MEGABIT = 1e6;
const isOurs = (namespace: string): boolean => namespace.startsWith(`consilium-${process.pid}-`);

const unavailable = await labAvailable();
if (unavailable !== null) process.stderr.write(`the network lab's tests are skipped: ${unavailable}\n`);

describe.skipIf(unavailable !== null)('a network lab', () => {
  let lab: NetworkLab;
  let peers: LabProcess[];
  beforeAll(async () => {
    lab = await createNetworkLab(3);
    peers = lab.addresses.map((_, peer) => startLabProcess(lab.prefix(peer), WORKER));
    await Promise.all(peers.map((peer) => peer.ask({ do: 'heard' }))); // whoever answers listens
  });
  afterAll(async () => {
    await Promise.all(peers.map((peer) => peer.kill()));
    await lab.stop();
  });

  const ask = (peer: number, task: TrafficTask): Promise<unknown> | undefined => peers[peer]?.ask(task);
  const fetchBytes = async (by: number, from: number, bytes: number, patienceMilliseconds = 20_000) =>
    (await ask(by, { do: 'fetch', from: lab.addresses[from] ?? '', bytes, patienceMilliseconds })) as {
      bytes: number;
      milliseconds: number;
    };
  const hears = async (from: number, to: number): Promise<boolean> => {
    const text = `${from} to ${to}, ${counter++}`;
    for (let i = 0; i < 3; i++) await ask(from, { do: 'say', to: lab.addresses[to] ?? '', text });
    // On this network what comes at all comes at once; the rest is for a busy machine.
    return eventually(async () => expect(await ask(to, { do: 'heard' })).toContain(text), 1_500).then(
      () => true,
      () => false,
    );
  };
  let counter = 0;
  const bitsPerSecond = ({ bytes, milliseconds }: { bytes: number; milliseconds: number }): number =>
    (8 * bytes) / (milliseconds / 1000);

  test.each([
    ['upload', 0],
    ['download', 1],
  ])("limits a peer's %s, and without the limit bytes flow much faster", async (_, limited) => {
    const free = bitsPerSecond(await fetchBytes(1, 0, 1_000_000));
    const rate = { upBitsPerSecond: 1000 * MEGABIT, downBitsPerSecond: 1000 * MEGABIT };
    const [up, down] = [limited === 0 ? 4 * MEGABIT : 1000 * MEGABIT, limited === 1 ? 4 * MEGABIT : 1000 * MEGABIT];
    await lab.limit(limited, { ...rate, upBitsPerSecond: up, downBitsPerSecond: down });
    const measured = bitsPerSecond(await fetchBytes(1, 0, 1_000_000));
    const before = await lab.bytes(1);
    const opposite = bitsPerSecond(await fetchBytes(0, 1, 1_000_000));
    const after = await lab.bytes(1);
    await lab.limit(limited, null);
    expect(measured).toBeLessThan(4.3 * MEGABIT);
    expect(measured).toBeGreaterThan(1 * MEGABIT);
    expect(free).toBeGreaterThan(3 * measured);
    expect(opposite).toBeGreaterThan(2 * measured); // acknowledgements alone go the limited way
    expect(after.up - before.up).toBeGreaterThan(1_000_000);
  });

  test('limits each pair of peers by itself, below what the peer can do', async () => {
    await lab.limit(0, {
      upBitsPerSecond: 20 * MEGABIT,
      downBitsPerSecond: 20 * MEGABIT,
      pairBitsPerSecond: 4 * MEGABIT,
    });
    const both = await Promise.all([fetchBytes(1, 0, 1_000_000), fetchBytes(2, 0, 1_000_000)]);
    await lab.limit(0, null);
    const rates = both.map(bitsPerSecond);
    for (const rate of rates) expect(rate).toBeLessThan(4.5 * MEGABIT);
    expect((rates[0] ?? 0) + (rates[1] ?? 0)).toBeGreaterThan(4.5 * MEGABIT);
  });

  test('takes a link down and up again', async () => {
    await lab.link(1, 'down');
    expect((await fetchBytes(0, 1, 1, 1_000)).bytes).toBe(0);
    expect((await fetchBytes(0, 2, 1)).bytes).toBeGreaterThan(0); // the control: another link is as it was
    await lab.link(1, 'up');
    await eventually(async () => expect((await fetchBytes(0, 1, 1, 1_000)).bytes).toBeGreaterThan(0));
  });

  test('loses what goes one way, and only that way', async () => {
    expect([await hears(0, 1), await hears(1, 0)]).toEqual([true, true]);
    await lab.cut(0, 1);
    expect([await hears(0, 1), await hears(1, 0), await hears(0, 2)]).toEqual([false, true, true]);
    await lab.mend(0, 1);
    expect([await hears(0, 1), await hears(1, 0)]).toEqual([true, true]);
  });

  test('stops connections that exist already', async () => {
    const flowing = fetchBytes(1, 0, 2 ** 40, 4_000);
    const receivedIn = async (milliseconds: number): Promise<number> => {
      const before = (await lab.bytes(1)).down;
      await systemClock.wait(milliseconds);
      return (await lab.bytes(1)).down - before;
    };
    await eventually(async () => expect(await receivedIn(100)).toBeGreaterThan(1_000_000));
    await lab.cut(1, 0); // acknowledgements only: the sender stops when its window is full
    await eventually(async () => expect(await receivedIn(300)).toBeLessThan(500_000), 3_000);
    await lab.mend(1, 0);
    await flowing;
  });

  test('splits into parts that do not hear each other, and heals', async () => {
    await lab.partition([0, 1]);
    expect([await hears(0, 2), await hears(2, 1), await hears(0, 1)]).toEqual([false, false, true]);
    await lab.heal();
    expect([await hears(0, 2), await hears(2, 1)]).toEqual([true, true]);
  });

  test('leaves no namespace behind when it stops', async () => {
    const before = await readdir('/run/netns');
    const another = await createNetworkLab(2);
    expect((await readdir('/run/netns')).filter(isOurs)).toHaveLength(before.filter(isOurs).length + 3);
    await another.stop();
    expect((await readdir('/run/netns')).filter(isOurs)).toEqual(before.filter(isOurs));
  });

  test('what a process that is gone left behind is swept away, and nothing else', async () => {
    const dead = spawn('true');
    await once(dead, 'exit');
    const left = `consilium-${dead.pid ?? 0}-0-p0`;
    await runTool('ip', ['netns', 'add', left]);
    await sweepNamespaces();
    const names = await readdir('/run/netns');
    expect(names).not.toContain(left);
    expect(names.filter(isOurs)).toHaveLength(4);
  });
});
