import { RPC } from '@chainsafe/libp2p-gossipsub/message';
import * as varint from 'uint8-varint';
import { encodeCanonical } from '../../../src/base/canonical.ts';
import { signerOf } from '../../../src/gossip/address-exchange.ts';
import { createFrameReceiver } from '../../../src/gossip/frame-receiver.ts';
import { LIMITS } from '../../../src/gossip/limits.ts';
import { parseRecordRequest } from '../../../src/gossip/record-exchange.ts';
import type { StudyContext } from '../../../src/gossip/study-context.ts';
import { type RecordKind, receiveRecord, topicOf } from '../../../src/gossip/study-topics.ts';
import { encodeAnnouncement, encodeReveal } from '../../../src/protocol/announcement.ts';
import { checkpointDigest, encodeCheckpoint } from '../../../src/protocol/checkpoint.ts';
import { decodeMetrics, encodeMetrics } from '../../../src/protocol/metrics.ts';
import { decodeRecipe, encodeRecipe } from '../../../src/protocol/recipe.ts';
import { signDigest, valuationDigest } from '../../../src/protocol/signature.ts';
import { packScores } from '../../../src/protocol/valuation.ts';
import { announcement, DOMAIN, digest, memberAccount, memberKey, STUDY } from '../../builders.ts';

/** A kind of frame that comes from outside: sound ones, and what reads them. */
export interface FrameType {
  readonly name: string;
  readonly corpus: readonly Uint8Array[];
  /** Reads a frame as the product does. @returns what came of it @throws the error that the product would see */
  read(bytes: Uint8Array): string | Promise<string>;
}

export const CONTEXT: StudyContext = {
  domain: DOMAIN,
  study: STUDY,
  rounds: 5,
  segments: 2,
  epsilonBudgetMicros: 0,
  isParticipant: (account) => [1, 2, 3].map(memberAccount).includes(account),
  knownContribution: () => undefined,
  knownCommitment: () => undefined,
  knownReveal: () => false,
  knownCheckpoint: () => undefined,
};

const valuation = {
  study: STUDY,
  round: 1,
  evaluator: memberAccount(1),
  scores: packScores([1, 2]),
  salt: digest('salt'),
};
const reveal = { record: valuation, signature: signDigest(memberKey(1), valuationDigest(DOMAIN, valuation)) };
const head = { study: STUDY, round: 1, head: digest('head') };
const checkpoint = {
  record: head,
  member: memberAccount(1),
  signature: signDigest(memberKey(1), checkpointDigest(DOMAIN, head)),
};

const nothing = (): void => {};

function recordType(kind: RecordKind, corpus: readonly Uint8Array[]): FrameType {
  const deps = {
    context: CONTEXT,
    onContribution: nothing,
    onEquivocation: nothing,
    onReveal: nothing,
    onCheckpoint: nothing,
  };
  const read = (bytes: Uint8Array): string => {
    const verdict = receiveRecord(deps, kind, bytes);
    return verdict.action === 'accept' ? 'accept' : `${verdict.action} ${verdict.rule}`;
  };
  return { name: kind, corpus, read };
}

const metrics = {
  type: 'consilium/metrics/1' as const,
  study: STUDY,
  round: 1,
  member: memberAccount(1),
  engine: { name: 'wasm', version: '1', reproducible: true },
  seedCommitment: digest('seed'),
  training: { loss: 0.5, accuracy: 0.75 },
  privacy: null,
  heldOut: { samples: 10, loss: 0.5, accuracy: 0.5, auc: 0.5 },
  common: null,
  utilityMicros: 1,
};

const recipe = {
  type: 'consilium/recipe/1' as const,
  study: STUDY,
  round: 1,
  member: memberAccount(1),
  base: digest('base'),
  entries: [{ member: memberAccount(1), round: 1, update: digest('update') }],
  refused: [{ member: memberAccount(2), round: 1, reason: 'unavailable' as const }],
  segments: [{ sources: [0], weights: [1], scales: [1], result: digest('result') }],
  result: digest('result'),
};

const blob = Buffer.from('a segment');
const answer = Buffer.concat([varint.encode(blob.length + 1), Uint8Array.of(1), blob]);

const rpc = RPC.encode({
  subscriptions: [{ subscribe: true, topic: topicOf(STUDY, 'contributions') }],
  messages: [{ topic: topicOf(STUDY, 'contributions'), data: encodeAnnouncement(announcement(1)) }],
  control: {
    ihave: [{ topicID: 'a', messageIDs: [Buffer.from('id')] }],
    iwant: [{ messageIDs: [Buffer.from('id')] }],
    graft: [{ topicID: 'a' }],
    prune: [{ topicID: 'a', peers: [], backoff: 1 }],
    idontwant: [{ messageIDs: [Buffer.from('id')] }],
  },
});

export const FRAME_TYPES: readonly FrameType[] = [
  recordType('contributions', [
    encodeAnnouncement(announcement(1)),
    encodeAnnouncement(announcement(2, { round: 3, samples: 7 })),
    encodeAnnouncement(announcement(1, { round: 5, update: digest('zero'), samples: 0 })),
  ]),
  recordType('reveals', [encodeReveal(reveal)]),
  recordType('checkpoints', [encodeCheckpoint(checkpoint)]),
  {
    name: 'record request',
    corpus: [encodeCanonical({ round: 0 }), encodeCanonical({ round: 4_000_000_000 })],
    read: (bytes) => `round ${parseRecordRequest(bytes)}`,
  },
  {
    name: 'segment answer',
    corpus: [answer, Buffer.from([1, 0])],
    read(bytes) {
      let outcome = 'incomplete';
      const receiver = createFrameReceiver((_want, received) => {
        outcome = received === null ? 'absent' : 'found';
      });
      receiver.expect({ digest: digest('a segment'), maximumBytes: 64 });
      receiver.take(bytes);
      return outcome;
    },
  },
  { name: 'recipe', corpus: [encodeRecipe(recipe)], read: (bytes) => decodeRecipe(bytes).type },
  { name: 'metrics', corpus: [encodeMetrics(metrics)], read: (bytes) => decodeMetrics(bytes).type },
  {
    name: 'gossipsub',
    corpus: [rpc],
    read(bytes) {
      RPC.decode(bytes, { limits: { subscriptions: LIMITS.gossipSubscriptions, messages: LIMITS.gossipMessages } });
      return 'decoded';
    },
  },
  {
    name: 'address record',
    corpus: [Buffer.from('0a2508021221020202020202020202020202020202020202020202020202020202020202020202', 'hex')],
    read: async (bytes) => ((await signerOf(bytes)) === null ? 'nobody' : 'somebody'),
  },
];
