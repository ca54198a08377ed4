import { afterEach, describe, expect, test } from 'vitest';
import { memberAccount } from '../builders.ts';
import { eventually } from '../eventually.ts';
import type { DiscoveryTask } from './discovery-worker.ts';
import { labAvailable } from './lab-available.ts';
import { type LabProcess, startLabProcess } from './lab-process.ts';
import { createNetworkLab, type NetworkLab } from './network-lab.ts';
import { runTool } from './run-tool.ts';

const WORKER = new URL('discovery-worker.ts', import.meta.url);
const MINUTE = 60_000;

const unavailable = await labAvailable();
if (unavailable !== null) process.stderr.write(`the test of local discovery is skipped: ${unavailable}\n`);

describe.skipIf(unavailable !== null)('of three members on one local network who know no address', () => {
  let lab: NetworkLab | undefined;
  const peers: LabProcess[] = [];
  afterEach(async () => {
    await Promise.all(peers.splice(0).map((peer) => peer.kill()));
    await lab?.stop();
  });

  /** Two members of one study that look around, and a third. @returns who is connected to whom, asked until the first two are */
  async function connectedWith(third: { mdns: boolean; otherStudy: boolean }): Promise<unknown[]> {
    lab = await createNetworkLab(3);
    const usual = { mdns: true, otherStudy: false };
    for (let i = 0; i < 3; i++) {
      const [command = '', ...prefix] = lab.prefix(i);
      await runTool(command, [...prefix, 'ip', 'route', 'add', '224.0.0.0/4', 'dev', 'eth0']);
      peers.push(startLabProcess(lab.prefix(i), WORKER));
    }
    // The third is there first: whoever finds another could have found it too.
    for (const [n, settings] of [
      [3, third],
      [1, usual],
      [2, usual],
    ] as const) {
      await peers[n - 1]?.ask({ do: 'start', n, ...settings } satisfies DiscoveryTask);
    }
    const ask = () => Promise.all(peers.map((peer) => peer.ask({ do: 'connected' } satisfies DiscoveryTask)));
    const expected = third.mdns && !third.otherStudy ? 2 : 1;
    await eventually(async () => {
      for (const accounts of (await ask()).slice(0, 2)) expect(accounts).toHaveLength(expected);
    }, MINUTE);
    return ask();
  }
  const account = memberAccount;

  test('all find each other by multicast DNS', async () => {
    const connected = await connectedWith({ mdns: true, otherStudy: false });
    expect(connected.map((accounts) => (accounts as string[]).toSorted())).toEqual(
      [
        [2, 3],
        [1, 3],
        [1, 2],
      ].map((others) => others.map(account).toSorted()),
    );
  });

  test.each([
    ['one that does not look around', { mdns: false, otherStudy: false }],
    ['one of another study', { mdns: true, otherStudy: true }],
  ])('%s is not found, and finds nobody', async (_who, third) => {
    expect(await connectedWith(third)).toEqual([[account(2)], [account(1)], []]);
  });
});
