import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Hex } from '../../base/bytes.ts';
import type { PeerEvent } from '../../peer/peer-event.ts';
import { type Child, runChild, startChild, stepFailed } from './child-process.ts';
import type { RunFolder } from './prepare-run.ts';

/** Lets every peer make its own key. @returns their accounts, in order */
export async function initPeers(folder: RunFolder, peers: number, seed: number): Promise<Hex[]> {
  return Promise.all(
    Array.from({ length: peers }, async (_, i) => {
      const { value } = await runChild({
        name: `peer ${i + 1}`,
        script: 'src/cli/main.ts',
        args: ['peer', 'init', '--data', folder.peer(i + 1), '--training-seed', `demo/${seed}/${i + 1}`, '--json'],
        logFile: join(folder.logs, `peer-${i + 1}.log`),
      });
      return String(value.account) as Hex;
    }),
  );
}

export interface PeerStart {
  readonly folder: RunFolder;
  readonly rpcUrl: string;
  readonly contract: Hex;
  readonly peers: number;
  /** What the members' pages call the members; left out, they go by their positions, which are in order of joining. */
  readonly names?: Readonly<Record<Hex, string>>;
  onEvent(peer: number, event: PeerEvent): void;
  onStarted(child: Child, peer: number): void;
}

/**
 * Starts one process a peer. The first one's address is told to the others, as one hospital would give its address to the next; they
 * learn of each other from whom they meet.
 */
export async function startPeers(start: PeerStart): Promise<void> {
  const bootstrap = await startPeer(start, 1, []);
  await Promise.all(Array.from({ length: start.peers - 1 }, (_, i) => startPeer(start, i + 2, bootstrap)));
}

/** @returns where the peer listens */
async function startPeer(start: PeerStart, peer: number, bootstrap: readonly string[]): Promise<readonly string[]> {
  const { folder, rpcUrl, contract, names = {} } = start;
  // The reference trains each member alone, one after the other: as many processes at once would slow the peers down.
  const config = { rpcUrl, contract, bootstrap, names, aloneBaseline: false, data: { common: 'common.dataset' } };
  await writeFile(join(folder.peer(peer), 'peer.json'), `${JSON.stringify(config, null, 2)}\n`);
  const listening = Promise.withResolvers<readonly string[]>();
  const child = startChild({
    name: `peer ${peer}`,
    script: 'src/cli/main.ts',
    args: ['peer', 'start', '--data', folder.peer(peer), '--json'],
    logFile: join(folder.logs, `peer-${peer}.log`),
    onLine: (line) => {
      const event = line as unknown as PeerEvent;
      if (event.event === 'peer.listening') listening.resolve(event.addresses);
      start.onEvent(peer, event);
    },
  });
  start.onStarted(child, peer);
  const failed = child.ended.then((code) => Promise.reject(stepFailed(child, code)));
  return Promise.race([listening.promise, failed]);
}
