import { afterEach, describe, expect, test } from 'vitest';
import { type Hex, sha256, toHex } from '../../src/base/bytes.ts';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { createStudyNetwork, type StudyNetwork } from '../../src/gossip/study-network.ts';
import { type Announcement, encodeAnnouncement } from '../../src/protocol/announcement.ts';
import { announcement, DOMAIN, memberAccount, memberKey, STUDY } from '../builders.ts';
import { eventually } from '../eventually.ts';

interface TestPeer {
  readonly network: StudyNetwork;
  readonly received: Announcement[];
  readonly lost: Hex[];
  readonly blobs: Map<Hex, Uint8Array>;
  readonly members: Set<Hex>;
}

const running: StudyNetwork[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((network) => network.stop()));
});

/** A peer of member n on a free port of the loopback interface. */
async function peer(
  n: number,
  members: readonly number[],
  bootstrap: readonly string[] = [],
  listen: readonly string[] = ['/ip4/127.0.0.1/tcp/0'],
): Promise<TestPeer> {
  const admitted = new Set(members.map(memberAccount));
  const received: Announcement[] = [];
  const lost: Hex[] = [];
  const blobs = new Map<Hex, Uint8Array>();
  const network = createStudyNetwork(
    {
      logger: silentLogger,
      context: {
        domain: DOMAIN,
        study: STUDY,
        rounds: 5,
        segments: 2,
        epsilonBudgetMicros: 0,
        isParticipant: (account) => admitted.has(account),
        knownContribution: () => undefined,
        knownCommitment: () => undefined,
        knownReveal: () => false,
        knownCheckpoint: () => undefined,
      },
      blobs: { get: async (digest) => blobs.get(digest) ?? null },
      members: () => admitted,
      recordsOf: (round) => ({
        contributions: received.filter((a) => a.record.round === round).map(encodeAnnouncement),
        reveals: [],
        checkpoints: [],
      }),
      onContribution: (value) => void received.push(value),
      onEquivocation: () => {},
      onReveal: () => {},
      onCheckpoint: () => {},
      onMember: (account, connected) => void (connected || lost.push(account)),
    },
    { privateKey: memberKey(n), listen, bootstrap },
  );
  running.push(network);
  await network.start();
  await network.maintain();
  return { network, received, lost, blobs, members: admitted };
}

describe('members on one machine', () => {
  test('find each other through one of them, and hear what any of them announces', async () => {
    const all = [1, 2, 3, 4];
    const first = await peer(1, all);
    const peers = [first];
    for (const n of [2, 3, 4]) peers.push(await peer(n, all, first.network.addresses()));
    await eventually(async () => {
      await Promise.all(peers.map(({ network }) => network.maintain()));
      for (const { network } of peers) expect(network.connectedMembers()).toHaveLength(3);
    });
    const said = announcement(4);
    await eventually(async () => {
      await peers[3]?.network.publishContribution(said);
      for (const { received } of peers.slice(0, 3)) expect(received).toContainEqual(said);
    });
  });

  test('hand over what a member missed when it asks', async () => {
    const first = await peer(1, [1, 2]);
    first.received.push(announcement(1));
    const late = await peer(2, [1, 2], first.network.addresses());
    await eventually(async () => {
      await late.network.catchUp(0);
      expect(late.received).toEqual([announcement(1)]);
    });
  });

  test('serve segments by digest; what is not held, is too long or is not what it says is not taken', async () => {
    const server = await peer(1, [1, 2]);
    const client = await peer(2, [1, 2], server.network.addresses());
    await eventually(() => expect(client.network.connectedMembers()).toEqual([memberAccount(1)]));
    const large = Uint8Array.from({ length: 3_000_000 }, (_, i) => i * 31);
    const name = toHex(sha256(large));
    const [lie, absent] = [toHex(sha256(Uint8Array.of(1))), toHex(sha256(Uint8Array.of(2)))];
    server.blobs.set(name, large);
    server.blobs.set(lie, Uint8Array.of(7));
    const order = (digest: Hex, maximumBytes: number) => ({ digest, maximumBytes, providers: [memberAccount(1)] });
    const { signal } = new AbortController();
    const got = new Map<Hex, Uint8Array>();
    const keep = async (digest: Hex, bytes: Uint8Array) => void got.set(digest, bytes);
    await client.network.obtain([order(name, large.length), order(absent, 100)], keep, signal);
    expect([...got.keys()]).toEqual([name]);
    expect(Buffer.compare(got.get(name) ?? new Uint8Array(), large)).toBe(0);
    expect((await client.network.obtain([order(lie, 100)], keep, signal)).size).toBe(0);
    expect((await client.network.obtain([order(name, large.length - 1)], keep, signal)).size).toBe(0);
    expect(client.network.traffic().bytesIn).toBeGreaterThanOrEqual(large.length);
    expect(server.network.traffic().bytesOut).toBeGreaterThanOrEqual(large.length);
  });

  test('that nobody can dial serve over the connection that they opened', async () => {
    const first = await peer(1, [1, 2]);
    const hidden = await peer(2, [1, 2], first.network.addresses(), []);
    await eventually(() => expect(first.network.connectedMembers()).toEqual([memberAccount(2)]));
    const bytes = Uint8Array.of(1, 2, 3);
    const digest = toHex(sha256(bytes));
    hidden.blobs.set(digest, bytes);
    const order = { digest, maximumBytes: 3, providers: [memberAccount(2)] };
    const { signal } = new AbortController();
    expect([...(await first.network.obtain([order], async () => {}, signal))]).toEqual([digest]);
  });

  test('do not let a stranger in', async () => {
    const member = await peer(1, [1, 2]);
    member.received.push(announcement(1));
    const stranger = await peer(9, [1, 2, 9], member.network.addresses()); // believes that it is a member
    const friend = await peer(2, [1, 2], member.network.addresses());
    await eventually(async () => {
      await stranger.network.maintain();
      await stranger.network.catchUp(0);
      await friend.network.catchUp(0);
      expect(friend.received).toEqual([announcement(1)]); // the control: a member gets what it asks for
    });
    expect(stranger.received).toEqual([]);
    expect(member.network.connectedMembers()).toEqual([memberAccount(2)]);
  });

  test.each([
    [1, true],
    [4, false],
  ])('after %i rejected records of a member still listen to it: %s', async (rejected, heard) => {
    const hub = await peer(1, [1, 2]);
    const { network } = await peer(2, [1, 2], hub.network.addresses());
    let samples = 1000;
    await eventually(async () => {
      await network.publishContribution(announcement(2, { samples: samples++ })); // gossip never sends a message twice
      expect(hub.received).not.toEqual([]);
    });
    for (let bad = 1; bad <= rejected; bad++) {
      await network.publishContribution({ ...announcement(2, { samples: bad }), signature: announcement(1).signature });
    }
    await systemClock.wait(1_500); // gossipsub looks at its scores once a second
    for (const round of [1, 2, 3, 4]) {
      await network.publishContribution(announcement(2, { round }));
    }
    await systemClock.wait(300);
    expect(hub.received.some(({ record }) => record.round === 4)).toBe(heard);
  });

  test('cut off whoever is a member no more', async () => {
    const first = await peer(1, [1, 2]);
    const second = await peer(2, [1, 2], first.network.addresses());
    await eventually(() => expect(first.network.connectedMembers()).toEqual([memberAccount(2)]));
    first.members.delete(memberAccount(2));
    await first.network.maintain();
    await eventually(() => expect(first.lost).toEqual([memberAccount(2)]));
    await eventually(() => expect(second.lost).toEqual([memberAccount(1)]));
  });
});
