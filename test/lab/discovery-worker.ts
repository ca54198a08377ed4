/** A process of the test of local discovery: one member's network that knows no address. One JSON document a line, in and out. */
import { createInterface } from 'node:readline';
import { digest, STUDY } from '../builders.ts';
import { type HonestPeer, startHonest } from '../faults/gossip/test-network.ts';

export type DiscoveryTask =
  /** Start as member n of a study of three, looking around or not. */
  | { readonly do: 'start'; readonly n: number; readonly mdns: boolean; readonly otherStudy: boolean }
  /** Which members are connected. */
  | { readonly do: 'connected' };

let peer: HonestPeer | null = null;

async function perform(task: DiscoveryTask): Promise<unknown> {
  if (task.do === 'connected') return peer?.network.connectedMembers() ?? [];
  const study = task.otherStudy ? digest('another study') : STUDY;
  peer = await startHonest(task.n, [1, 2, 3], [], { listen: ['/ip4/0.0.0.0/tcp/0'], mdns: task.mdns, study });
  return 'started';
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await perform(JSON.parse(line) as DiscoveryTask))}\n`);
}
process.exit();
