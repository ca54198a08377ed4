/** One peer of `bench:exchange`: does what its parent asks for, over the process's message channel. See exchange-task.ts. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { multiaddr } from '@multiformats/multiaddr';
import { type Hex, sha256, toHex } from '../../src/base/bytes.ts';
import { silentLogger } from '../../src/base/logger.ts';
import type { BlobSource } from '../../src/gossip/blob-source.ts';
import { createNode, type Node } from '../../src/gossip/create-node.ts';
import { drainStream } from '../../src/gossip/drain-stream.ts';
import { createStudyNetwork, type StudyNetwork } from '../../src/gossip/study-network.ts';
import { computeMix } from '../../src/mixing/compute-mix.ts';
import { planMix } from '../../src/mixing/plan-mix.ts';
import { createBlobStore } from '../../src/peer/blob-store.ts';
import { decodeSegment, encodeSegment, rootOfDigests, segmentRange } from '../../src/protocol/segments.ts';
import { DOMAIN, memberAccount, memberKey, STUDY } from '../../test/builders.ts';
import { eventually } from '../../test/eventually.ts';
import type { ExchangeAnswers, ExchangeTask, Way, WorkerAddress } from './exchange-task.ts';

/** The block size of js-libp2p's own throughput test. */
const BARE_BLOCK_BYTES = 64 * 1024;
const BARE_PROTOCOL = '/consilium/bench/1';
const PATIENCE_MILLISECONDS = 60_000;
/** Odd, so that different places get different numbers. */
const SCATTER = 2_654_435_761;
const LOOPBACK = '/ip4/127.0.0.1/tcp/0';

interface Blobs extends BlobSource {
  putChecked(digest: Hex, bytes: Uint8Array): Promise<void>;
}

interface Running {
  readonly self: number;
  readonly tcp: Server;
  readonly node: Node;
  readonly network: StudyNetwork;
}

let running: Running;
let model = { parameters: 0, segments: 1, onDisk: false };
let blobs: Blobs = memoryBlobs();
let before = process.cpuUsage();
/** What the two ways without content send: as many bytes as the model has. */
const block = new Uint8Array(BARE_BLOCK_BYTES).fill(7);
const modelBytes = (): number => 4 * model.parameters;

function memoryBlobs(): Blobs {
  const held = new Map<Hex, Uint8Array>();
  return {
    get: async (digest) => held.get(digest) ?? null,
    putChecked: async (digest, bytes) => void held.set(digest, bytes),
  };
}

/** A segment of this worker's model; different numbers in each worker, all finite. */
function segmentOf(worker: number, segment: number): Float32Array {
  const { start, end } = segmentRange(model.parameters, model.segments, segment);
  const values = new Float32Array(end - start);
  const offset = start + worker * model.parameters;
  for (let k = 0; k < values.length; k++) values[k] = (Math.imul(offset + k, SCATTER) >>> 0) / 2 ** 32;
  return values;
}

let held: Float32Array[] = [];
let ownDigests: readonly Hex[] = [];

const tasks: { [T in ExchangeTask['do']]: (task: Extract<ExchangeTask, { do: T }>) => Promise<ExchangeAnswers[T]> } = {
  async listen({ self, workers, earlier }) {
    const members = new Set(Array.from({ length: workers }, (_, i) => memberAccount(i + 1)));
    const tcp = createServer((socket) => void serveTcp(socket)).listen(0, '127.0.0.1');
    await once(tcp, 'listening');
    const isMember = (account: Hex): boolean => members.has(account);
    const node = await createNode({ privateKey: memberKey(self + 1), listen: [LOOPBACK], topics: [], isMember });
    await node.handle(BARE_PROTOCOL, async (stream) => {
      for (let sent = 0; sent < modelBytes(); sent += BARE_BLOCK_BYTES) {
        if (!stream.send(block.subarray(0, modelBytes() - sent))) await drainStream(stream, PATIENCE_MILLISECONDS);
      }
      await stream.close();
    });
    await node.start();
    const network = createBenchNetwork(self, members, earlier);
    await network.start();
    running = { self, tcp, node, network };
    const bare = String(node.getMultiaddrs()[0]);
    return { worker: self, tcpPort: (tcp.address() as AddressInfo).port, bare, network: network.addresses()[0] ?? '' };
  },

  async connect({ others }) {
    for (const { bare } of others) await running.node.dial(multiaddr(bare));
    await eventually(async () => {
      await running.network.maintain();
      if (running.network.connectedMembers().length < others.length) throw new Error('not everybody is connected yet');
    });
    return null;
  },

  async model({ parameters, segments, folder }) {
    model = { parameters, segments, onDisk: folder !== null };
    blobs = folder === null ? memoryBlobs() : createBlobStore(folder);
    // A model that is to be exchanged without being in memory is made segment by segment when it is needed.
    held = model.onDisk ? [] : Array.from({ length: segments }, (_, segment) => segmentOf(running.self, segment));
    globalThis.gc?.(); // what the measurement before left behind is not to be cleared away in this one
    return null;
  },

  async begin({ way }) {
    before = process.cpuUsage();
    if (way !== 'exchange') return { digests: [] };
    const digests: Hex[] = [];
    for (let segment = 0; segment < model.segments; segment++) {
      const bytes = encodeSegment(held[segment] ?? segmentOf(running.self, segment));
      digests.push(toHex(sha256(bytes)));
      await blobs.putChecked(digests[segment] ?? '0x', bytes);
    }
    ownDigests = digests;
    return { digests };
  },

  async receive(task) {
    const bytes = task.way === 'exchange' ? await exchange(task) : await countBytes(task.way, task.from);
    return { bytes };
  },

  async end() {
    const { user, system } = process.cpuUsage(before);
    return { cpuSeconds: (user + system) / 1e6, maximumResidentBytes: process.resourceUsage().maxRSS * 1024 };
  },
};

function createBenchNetwork(self: number, members: ReadonlySet<Hex>, earlier: readonly WorkerAddress[]): StudyNetwork {
  return createStudyNetwork(
    {
      logger: silentLogger,
      context: {
        domain: DOMAIN,
        study: STUDY,
        rounds: 1,
        segments: 1,
        epsilonBudgetMicros: 0,
        isParticipant: () => false,
        knownContribution: () => undefined,
        knownCommitment: () => undefined,
        knownReveal: () => false,
        knownCheckpoint: () => undefined,
      },
      blobs: { get: (digest) => blobs.get(digest) },
      members: () => members,
      recordsOf: () => ({ contributions: [], reveals: [], checkpoints: [] }),
      onContribution: () => {},
      onEquivocation: () => {},
      onReveal: () => {},
      onCheckpoint: () => {},
      onMember: () => {},
    },
    { privateKey: memberKey(self + 1), listen: [LOOPBACK], bootstrap: earlier.map(({ network }) => network) },
  );
}

async function serveTcp(socket: Socket): Promise<void> {
  socket.on('error', () => socket.destroy());
  for (let sent = 0; sent < modelBytes(); sent += BARE_BLOCK_BYTES) {
    if (!socket.write(block.subarray(0, modelBytes() - sent))) await once(socket, 'drain');
  }
  socket.end();
}

async function countBytes(way: Exclude<Way, 'exchange'>, from: readonly WorkerAddress[]): Promise<number> {
  const counts = await Promise.all(from.map((address) => (way === 'tcp' ? countTcp(address) : countBare(address))));
  return counts.reduce((sum, count) => sum + count, 0);
}

async function countTcp({ tcpPort }: WorkerAddress): Promise<number> {
  const socket = connect(tcpPort, '127.0.0.1');
  let bytes = 0;
  for await (const chunk of socket) bytes += (chunk as Buffer).length;
  return bytes;
}

async function countBare({ bare }: WorkerAddress): Promise<number> {
  const peer = multiaddr(bare);
  const connection = await running.node.dial(peer);
  const stream = await connection.newStream(BARE_PROTOCOL);
  let bytes = 0;
  for await (const chunk of stream) bytes += chunk.byteLength;
  return bytes;
}

/** Pulls the others' models, checks every segment, and mixes them with the own one, as a round does. */
async function exchange({ from, digests }: Extract<ExchangeTask, { do: 'receive' }>): Promise<number> {
  let bytes = 0;
  const orders = from.flatMap(({ worker }, i) =>
    (digests[i] ?? []).map((digest, segment) => {
      const { start, end } = segmentRange(model.parameters, model.segments, segment);
      return { digest, maximumBytes: 4 * (end - start), providers: [memberAccount(worker + 1)] };
    }),
  );
  const keep = async (digest: Hex, received: Uint8Array): Promise<void> => {
    bytes += received.length;
    await blobs.putChecked(digest, received);
  };
  const { signal } = new AbortController();
  const got = await running.network.obtain(orders, keep, signal);
  if (got.size !== orders.length) throw new Error(`only ${got.size} of ${orders.length} segments came`);
  await mix(from, digests);
  return bytes;
}

/** A base as far from one update as from another, so that none is clipped. */
function baseSegment(segment: number): Float32Array {
  const { start, end } = segmentRange(model.parameters, model.segments, segment);
  return new Float32Array(end - start);
}

async function mix(from: readonly WorkerAddress[], digests: readonly (readonly Hex[])[]): Promise<void> {
  const roots = digests.map((of) => rootOfDigests(of));
  const own = { member: memberAccount(running.self + 1), round: 0, update: rootOfDigests(ownDigests) };
  const entries = [
    own,
    ...from.map(({ worker }, i) => ({ member: memberAccount(worker + 1), round: 0, update: roots[i] ?? '0x' })),
  ];
  const plan = planMix({ member: own.member, round: 0, entries, segments: model.segments, pulls: from.length });
  const digestsOf = plan.entries.map((entry) => digests[roots.indexOf(entry.update)] ?? ownDigests);
  const segment = async (of: readonly Hex[], index: number): Promise<Float32Array> =>
    decodeSegment((await blobs.get(of[index] ?? '0x')) ?? new Uint8Array());
  await computeMix(
    {
      manifest: {
        aggregation: { rule: 'clipped-mean', clipFactor: 3, weightShareCap: 0.5 },
        rounds: 10,
        staleness: { boundRounds: 3, discount: 0.5 },
      },
      round: 0,
      plan,
      samples: plan.entries.map(() => 100),
      baseOf: async (index) => baseSegment(index),
      segmentOf: (entry, index) => segment(digestsOf[entry] ?? [], index),
    },
    async () => {},
  );
}

process.on('message', (task: ExchangeTask) => {
  const perform = tasks[task.do] as (task: ExchangeTask) => Promise<unknown>;
  perform(task).then(
    (value) => process.send?.({ value }),
    (error: unknown) =>
      process.send?.({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
// A worker ends with its parent.
process.on('disconnect', () => process.exit());
