import { nameNamespaces, removeNamespaces, sweepNamespaces } from './lab-namespaces.ts';
import { dropRate, limitRate, type RateLimit } from './limit-rate.ts';
import { runTool } from './run-tool.ts';

/** A network of its own: one namespace a peer, each with a link to one switch. Nothing of it reaches the machine's network. */
export interface NetworkLab {
  /** Each peer's address. */
  readonly addresses: readonly string[];
  /** What to put before a command so that it runs at a peer; the process keeps its id, pipes and message channel. */
  prefix(peer: number): readonly string[];
  /** Limits a peer's link; null lifts the limit. */
  limit(peer: number, rate: RateLimit | null): Promise<void>;
  /** Takes a peer's link down or up, as pulling its cable does: the peer sees it. */
  link(peer: number, state: 'up' | 'down'): Promise<void>;
  /** From now on what one peer sends to another is lost on the way. The other direction stays, and neither is told. */
  cut(from: number, to: number): Promise<void>;
  /** Undoes {@link cut}. */
  mend(from: number, to: number): Promise<void>;
  /** Cuts both directions between every peer of one group and every other peer; {@link heal} undoes it. */
  partition(group: readonly number[]): Promise<void>;
  /** Mends all cuts. */
  heal(): Promise<void>;
  /** Bytes that went over a peer's link since its start, with all headers. */
  bytes(peer: number): Promise<{ up: number; down: number }>;
  /** Removes the namespaces. Processes in them have to be ended before, or live on without a network. */
  stop(): Promise<void>;
}

/** Where the rules come that drop packets: before the one that delivers to the machine itself. */
const CUT_PREFERENCE = 10;
const LOCAL_PREFERENCE = 100;
/** Of the 10.0.0.0/8, which peers may dial; the lab is not connected to any other network. */
const SUBNET = '10.87.0';

/**
 * Makes a lab. Needs root and iproute2, see {@link labAvailable}. What labs of processes that are gone left behind is removed first.
 * @param peers at most 200, numbered from 0
 */
export async function createNetworkLab(peers: number): Promise<NetworkLab> {
  await sweepNamespaces();
  const names = nameNamespaces(peers);
  const namespaceOf = (peer: number): string => names.peers[peer] ?? unknownPeer(peer);
  const addresses = names.peers.map((_, peer) => `${SUBNET}.${peer + 1}`);
  const addressOf = (peer: number): string => addresses[peer] ?? unknownPeer(peer);
  const cuts = new Set<string>();
  const removeAll = (): Promise<void> => removeNamespaces([...names.peers, names.hub]);
  try {
    await build(names, addresses);
  } catch (error) {
    await removeAll();
    throw error;
  }

  const change = async (verb: 'add' | 'del', from: number, to: number): Promise<void> => {
    const key = `${from}>${to}`;
    if (cuts.has(key) === (verb === 'add')) return;
    const rule = `rule ${verb} pref ${CUT_PREFERENCE} from ${addressOf(from)} iif eth0 blackhole`;
    await runTool('ip', ['-n', namespaceOf(to), '-batch', '-'], [rule]);
    if (verb === 'add') cuts.add(key);
    else cuts.delete(key);
  };

  const lab: NetworkLab = {
    addresses,
    prefix: (peer) => ['ip', 'netns', 'exec', namespaceOf(peer)],
    async limit(peer, rate) {
      const ends = [
        { namespace: namespaceOf(peer), device: 'eth0' },
        { namespace: names.hub, device: `p${peer}` },
      ] as const;
      if (rate === null) await Promise.all(ends.map(dropRate));
      else
        await limitRate(
          ends,
          rate,
          addresses.filter((_, other) => other !== peer),
        );
    },
    async link(peer, state) {
      await runTool('ip', ['-n', names.hub, 'link', 'set', `p${peer}`, state]);
    },
    cut: (from, to) => change('add', from, to),
    mend: (from, to) => change('del', from, to),
    async partition(group) {
      const others = addresses.map((_, peer) => peer).filter((peer) => !group.includes(peer));
      for (const one of group) {
        for (const other of others) await Promise.all([lab.cut(one, other), lab.cut(other, one)]);
      }
    },
    async heal() {
      for (const key of cuts) {
        const [from, to] = key.split('>').map(Number);
        await lab.mend(from ?? 0, to ?? 0);
      }
    },
    async bytes(peer) {
      const said = await runTool('ip', ['-n', namespaceOf(peer), '-json', '-statistics', 'link', 'show', 'eth0']);
      const [link] = JSON.parse(said) as { stats64: { rx: { bytes: number }; tx: { bytes: number } } }[];
      return { up: link?.stats64.tx.bytes ?? 0, down: link?.stats64.rx.bytes ?? 0 };
    },
    stop: removeAll,
  };
  return lab;
}

function unknownPeer(peer: number): never {
  throw new RangeError(`there is no peer ${peer} in this lab`);
}

async function build({ hub, peers }: { hub: string; peers: string[] }, addresses: readonly string[]): Promise<void> {
  await runTool(
    'ip',
    ['-batch', '-'],
    [hub, ...peers].map((name) => `netns add ${name}`),
  );
  await runTool(
    'ip',
    ['-n', hub, '-batch', '-'],
    [
      'link add switch type bridge',
      'link set switch up',
      ...peers.flatMap((name, peer) => [
        `link add p${peer} type veth peer name eth0 netns ${name}`,
        `link set p${peer} master switch up`,
      ]),
    ],
  );
  for (const [peer, name] of peers.entries()) {
    await runTool(
      'ip',
      ['-n', name, '-batch', '-'],
      [
        'link set lo up',
        `addr add ${addresses[peer] ?? ''}/24 dev eth0`,
        'link set eth0 up',
        // Rules that drop what comes from a peer have to be looked at before the one that delivers it.
        `rule add pref ${LOCAL_PREFERENCE} lookup local`,
        'rule del pref 0',
      ],
    );
  }
}
