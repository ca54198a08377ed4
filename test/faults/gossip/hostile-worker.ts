/** A hostile member: it speaks the protocols with frames of its own making. See hostile-task.ts. */
import { RPC } from '@chainsafe/libp2p-gossipsub/message';
import type { Connection, Stream } from '@libp2p/interface';
import { multiaddr } from '@multiformats/multiaddr';
import * as varint from 'uint8-varint';
import { encodeCanonical } from '../../../src/base/canonical.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { createSeededRandom } from '../../../src/base/seeded-random.ts';
import { ADDRESS_PROTOCOL } from '../../../src/gossip/address-exchange.ts';
import { createNode, type Node } from '../../../src/gossip/create-node.ts';
import { RECORD_PROTOCOL } from '../../../src/gossip/record-exchange.ts';
import { SEGMENT_PROTOCOL } from '../../../src/gossip/segment-protocol.ts';
import { RECORD_KINDS, topicOf } from '../../../src/gossip/study-topics.ts';
import { encodeAnnouncement } from '../../../src/protocol/announcement.ts';
import { segmentCid } from '../../../src/protocol/content-id.ts';
import { announcement, digest, memberKey, STUDY } from '../../builders.ts';
import { FRAME_TYPES } from './frame-types.ts';
import type { FloodKind, HostileAnswers, HostileTask } from './hostile-task.ts';
import { mutateFrame } from './mutate-frame.ts';

const GOSSIP_PROTOCOL = '/meshsub/1.1.0';
const BURST = 50;
const LONGEST_PAUSE_MILLISECONDS = 400;
/** A hostile sender does not wait either, but must not fill its own memory. */
const PAUSE_ABOVE_BYTES = 4 * 1024 * 1024;

let node: Node;
let victims: readonly string[] = [];

const connect = (address: string): Promise<Connection> => node.dial(multiaddr(address), { force: true });
const framed = (bytes: Uint8Array): Uint8Array => Buffer.concat([varint.encode(bytes.length), bytes]);
const pause = (milliseconds: number): Promise<void> => systemClock.wait(milliseconds);

async function startNode(member: number): Promise<Node> {
  const topics = RECORD_KINDS.map((kind) => topicOf(STUDY, kind));
  const made = await createNode({ privateKey: memberKey(member), listen: [], topics, isMember: () => true });
  await made.start();
  for (const topic of topics) made.services.pubsub.subscribe(topic);
  return made;
}

/** Something that can be sent again and again, the same or new each time. */
type Make = (i: number) => Uint8Array;

const badSignature = announcement(2).signature;
const rpcOf = (fields: object): Uint8Array => framed(RPC.encode({ subscriptions: [], messages: [], ...fields }));
const message = (data: Uint8Array): Uint8Array =>
  rpcOf({ messages: [{ topic: topicOf(STUDY, 'contributions'), data }] });
const many = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
const topic = topicOf(STUDY, 'contributions');
const control = (fields: object): Uint8Array =>
  rpcOf({ control: { ihave: [], iwant: [], graft: [], prune: [], idontwant: [], ...fields } });

const ON_GOSSIP: Partial<Record<FloodKind, Make>> = {
  'rejected records': (i) =>
    message(encodeAnnouncement({ ...announcement(1, { round: 1, samples: i + 1 }), signature: badSignature })),
  // Each signed by the flooder for the same round: the first is accepted, the others prove that it lies, and each takes a signature check.
  'signed records': (i) => message(encodeAnnouncement(announcement(3, { round: 1, samples: i + 1 }))),
  'the same record': () => message(SAME_RECORD),
  subscriptions: (i) =>
    rpcOf({ subscriptions: many(16, (k) => ({ subscribe: true, topic: `a topic ${i} ${k}`.padEnd(4096, 'x') })) }),
  ihave: (i) =>
    control({ ihave: [{ topicID: topic, messageIDs: many(1000, (k) => Buffer.from(`${i}/${k}`.padEnd(32, '-'))) }] }),
  iwant: (i) => control({ iwant: [{ messageIDs: many(1000, (k) => Buffer.from(`${i}/${k}`.padEnd(32, '-'))) }] }),
  idontwant: (i) =>
    control({ idontwant: [{ messageIDs: many(1000, (k) => Buffer.from(`${i}/${k}`.padEnd(32, '-'))) }] }),
  graft: () => control({ graft: many(60, () => ({ topicID: topic })) }),
};
const SAME_RECORD = encodeAnnouncement(announcement(3, { round: 1 }));

async function flood(kind: FloodKind, seconds: number): Promise<number> {
  const until = systemClock.now() + 1000 * seconds;
  const goesOn = (): boolean => systemClock.now() < until;
  const make = ON_GOSSIP[kind];
  if (make !== undefined) return floodStream(make, goesOn);
  if (kind === 'connections') return floodConnections(goesOn);
  return floodStreams(kind, goesOn);
}

/** How long it waits before it tries again: longer each time that it is refused, as each try takes a core of both sides for a while. */
function createPatience(shortest: number): { refused(): Promise<void>; letIn(): void } {
  let wait = shortest;
  return {
    async refused() {
      await pause(wait);
      wait = Math.min(2 * wait, LONGEST_PAUSE_MILLISECONDS);
    },
    letIn: () => void (wait = shortest),
  };
}

/** Opens the stream again when it is reset, until it is refused. */
async function floodStream(make: Make, goesOn: () => boolean): Promise<number> {
  const patience = createPatience(50);
  let sent = 0;
  while (goesOn()) {
    try {
      const connection = await connect(victims[0] ?? '');
      const stream = await connection.newStream(GOSSIP_PROTOCOL);
      patience.letIn();
      while (goesOn() && stream.status === 'open') {
        for (let i = 0; i < BURST; i++) stream.send(make(sent++));
        do await pause(stream.writeBufferLength > PAUSE_ABOVE_BYTES ? 20 : 0);
        while (stream.writeBufferLength > PAUSE_ABOVE_BYTES && stream.status === 'open' && goesOn());
      }
    } catch {
      await patience.refused();
    }
  }
  return sent;
}

async function floodConnections(goesOn: () => boolean): Promise<number> {
  let sent = 0;
  while (goesOn()) {
    sent += 1;
    await connect(victims[0] ?? '').catch(() => pause(20));
  }
  return sent;
}

const request = framed(segmentCid(digest('what nobody has')).bytes);
const STREAM_KINDS: Partial<Record<FloodKind, { protocol: string; say(stream: Stream): void }>> = {
  'record requests': {
    protocol: RECORD_PROTOCOL,
    say: (stream) => void stream.send(framed(encodeCanonical({ round: 1 }))),
  },
  'address requests': { protocol: ADDRESS_PROTOCOL, say: () => {} },
  // A length, and nothing that it is the length of.
  'half requests': { protocol: RECORD_PROTOCOL, say: (stream) => void stream.send(Uint8Array.of(30, 0xa1)) },
  'segment requests': {
    protocol: SEGMENT_PROTOCOL,
    say: (stream) => void stream.send(Buffer.concat(many(5000, () => request))),
  },
  'unread segments': {
    protocol: SEGMENT_PROTOCOL,
    say(stream) {
      stream.pause();
      stream.send(Buffer.concat(many(500, () => framed(segmentCid(digest('a large segment')).bytes))));
    },
  },
};

async function floodStreams(kind: FloodKind, goesOn: () => boolean): Promise<number> {
  const { protocol, say } = STREAM_KINDS[kind] ?? { protocol: ADDRESS_PROTOCOL, say: () => {} };
  const patience = createPatience(20);
  let sent = 0;
  while (goesOn()) {
    try {
      const connection = await connect(victims[0] ?? '');
      while (goesOn() && connection.status === 'open') {
        sent += 1;
        say(await connection.newStream(protocol, { signal: AbortSignal.timeout(2_000) }));
        patience.letIn();
      }
    } catch {
      await patience.refused();
    }
  }
  return sent;
}

/** Mutated frames on every protocol, each stream used until it is reset. */
async function sendFrames(frames: number, seed: string): Promise<number> {
  const random = createSeededRandom(seed, 'live');
  const byProtocol = new Map<string, Stream>();
  const protocols = [GOSSIP_PROTOCOL, SEGMENT_PROTOCOL, RECORD_PROTOCOL, ADDRESS_PROTOCOL];
  let sent = 0;
  let refusals = 0;
  while (sent < frames && refusals < frames) {
    const protocol = protocols[random.integer(protocols.length)] ?? GOSSIP_PROTOCOL;
    try {
      let stream = byProtocol.get(protocol);
      if (stream?.status !== 'open') {
        const [open] = node.getConnections();
        const connection = open ?? (await connect(victims[0] ?? ''));
        stream = await connection.newStream(protocol, { signal: AbortSignal.timeout(2_000) });
        byProtocol.set(protocol, stream);
      }
      const type = FRAME_TYPES[random.integer(FRAME_TYPES.length)];
      const frame = mutateFrame(type?.corpus ?? [], random);
      stream.send(
        random.integer(4) === 0
          ? frame
          : framed(protocol === GOSSIP_PROTOCOL && random.integer(2) === 0 ? message(frame) : frame),
      );
      sent += 1;
      if (sent % BURST === 0) await pause(0);
    } catch {
      refusals += 1;
      await pause(5);
    }
  }
  return sent;
}

async function knock(victim: string, strangers: number, connects: number): Promise<HostileAnswers['knock']> {
  let [attempts, streams] = [0, 0];
  for (let i = 0; i < strangers; i++) {
    const stranger = await createNode({
      privateKey: digest(`stranger ${i}`),
      listen: [],
      topics: [],
      isMember: () => true,
    });
    await stranger.start();
    for (let k = 0; k < connects; k++) {
      attempts += 1;
      try {
        const connection = await stranger.dial(multiaddr(victim), { force: true, signal: AbortSignal.timeout(5_000) });
        const stream = await connection.newStream(SEGMENT_PROTOCOL, { signal: AbortSignal.timeout(500) });
        // A stream may seem open until the other side's refusal arrives: only an answer counts.
        stream.addEventListener('message', () => (streams += 1));
        stream.send(request);
        await pause(20);
      } catch {
        // refused, as it should be
      }
    }
    await stranger.stop();
  }
  return { attempts, streams };
}

const tasks: { [T in HostileTask['do']]: (task: Extract<HostileTask, { do: T }>) => Promise<HostileAnswers[T]> } = {
  async join(task) {
    victims = task.victims;
    node = await startNode(task.member);
    for (const victim of victims) await connect(victim);
    return null;
  },
  flood: async ({ kind, seconds }) => ({ sent: await flood(kind, seconds) }),
  frames: async ({ frames, seed }) => ({ sent: await sendFrames(frames, seed) }),
  knock: ({ victim, strangers, connects }) => knock(victim, strangers, connects),
};

// Its own libraries may object to what it does; that is not what is tested.
process.on('uncaughtException', () => {});
process.on('unhandledRejection', () => {});
process.on('message', (task: HostileTask) => {
  const perform = tasks[task.do] as (task: HostileTask) => Promise<unknown>;
  perform(task).then(
    (value) => process.send?.({ value }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
process.on('disconnect', () => process.exit());
