/** One honest member in a namespace of its own; see links.ts. Tasks and answers over the process's message channel. */
import type { Hex } from '../../../src/base/bytes.ts';
import { sha256, toHex } from '../../../src/base/bytes.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { hashContribution } from '../../../src/protocol/contribution.ts';
import { announcement, memberAccount } from '../../builders.ts';
import { type HonestPeer, startHonest } from './test-network.ts';

export type LinkTask =
  | {
      readonly do: 'start';
      readonly n: number;
      readonly members: readonly number[];
      readonly listen: string;
      readonly bootstrap: readonly string[];
    }
  /** Announce a round. */
  | { readonly do: 'say'; readonly round: number }
  /** Ask the others for a round, as whoever waits does; and tell who has been heard of in it. */
  | { readonly do: 'heard'; readonly round: number; readonly ask: boolean }
  /** Hold a blob of so many bytes. */
  | { readonly do: 'hold'; readonly bytes: number }
  | { readonly do: 'fetch'; readonly digest: Hex; readonly bytes: number; readonly from: number };

export interface LinkAnswers {
  start: { readonly addresses: readonly string[]; readonly pid: number };
  say: null;
  heard: { readonly members: readonly Hex[]; readonly connected: number };
  hold: { readonly digest: Hex };
  fetch: { readonly seconds: number | null };
}

let peer: HonestPeer;
const own: string[] = [];

const tasks: { [T in LinkTask['do']]: (task: Extract<LinkTask, { do: T }>) => Promise<LinkAnswers[T]> } = {
  async start({ n, members, listen, bootstrap }) {
    peer = await startHonest(n, members, bootstrap, { listen: [listen] });
    return { addresses: peer.network.addresses(), pid: process.pid };
  },
  async say({ round }) {
    const said = announcement(peer.n, { round });
    own.push(hashContribution(said.record));
    peer.heard.set(hashContribution(said.record), said);
    await peer.network.publishContribution(said);
    return null;
  },
  async heard({ round, ask }) {
    if (ask) await peer.network.catchUp(round);
    const members = [...peer.heard.values()].flatMap(({ record }) => (record.round === round ? record.member : []));
    return { members, connected: peer.network.connectedMembers().length };
  },
  async hold({ bytes }) {
    const blob = Uint8Array.from({ length: bytes }, (_, i) => (i * 31) % 251);
    const digest = toHex(sha256(blob));
    peer.blobs.set(digest, blob);
    return { digest };
  },
  async fetch({ digest, bytes, from }) {
    const begun = systemClock.now();
    const order = { digest, maximumBytes: bytes, providers: [memberAccount(from)] };
    const got = await peer.network.obtain([order], async () => {}, AbortSignal.timeout(120_000));
    return { seconds: got.size === 1 ? (systemClock.now() - begun) / 1000 : null };
  },
};

process.on('message', (task: LinkTask) => {
  const perform = tasks[task.do] as (task: LinkTask) => Promise<unknown>;
  perform(task).then(
    (value) => process.send?.({ value }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
process.on('disconnect', () => process.exit());
