import { TopicValidatorResult } from '@chainsafe/libp2p-gossipsub';
import type { PeerId } from '@libp2p/interface';
import type { Hex } from '../base/bytes.ts';
import { type Clock, systemClock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { Announcement, Reveal } from '../protocol/announcement.ts';
import type { SignedCheckpoint } from '../protocol/checkpoint.ts';
import { accountOfPeer, type Node } from './create-node.ts';
import type { Offences } from './offences.ts';
import type { RoundRecords } from './record-exchange.ts';
import type { StudyContext } from './study-context.ts';
import { countUselessRecords } from './useless-records.ts';
import { validateCheckpoint } from './validate-checkpoint.ts';
import { validateContribution } from './validate-contribution.ts';
import { validateValuation } from './validate-valuation.ts';
import type { Verdict } from './verdict.ts';

/** What is gossiped: one topic and one validator for each kind of record. */
export type RecordKind = keyof RoundRecords;

export const RECORD_KINDS: readonly RecordKind[] = ['contributions', 'reveals', 'checkpoints'];

export interface ReceiveDeps {
  readonly context: StudyContext;
  onContribution(announcement: Announcement): void;
  /** Told a second, different contribution that its member signed for a round that one is known of. */
  onEquivocation(second: Announcement): void;
  onReveal(reveal: Reveal): void;
  onCheckpoint(checkpoint: SignedCheckpoint): void;
  /** Told what became of each record that came in. */
  onVerdict?(kind: RecordKind, verdict: Verdict): void;
}

export interface TopicDeps extends ReceiveDeps {
  readonly clock?: Pick<Clock, 'now'>;
  readonly logger: Logger;
  offences(): Offences;
}

const RESULT = {
  accept: TopicValidatorResult.Accept,
  ignore: TopicValidatorResult.Ignore,
  reject: TopicValidatorResult.Reject,
} as const;

const TOPIC_NAMES: Readonly<Record<RecordKind, string>> = {
  contributions: 'contributions',
  reveals: 'valuations',
  checkpoints: 'checkpoints',
};

export function topicOf(study: Hex, kind: RecordKind): string {
  return `/consilium/1/${study}/${TOPIC_NAMES[kind]}`;
}

/** Judges a record by its rules, and hands on what passes. */
export function receiveRecord(deps: ReceiveDeps, kind: RecordKind, bytes: Uint8Array): Verdict {
  switch (kind) {
    case 'contributions': {
      const { verdict, announcement, equivocation } = validateContribution(bytes, deps.context);
      if (equivocation !== undefined) deps.onEquivocation(equivocation);
      if (announcement !== undefined) deps.onContribution(announcement);
      return verdict;
    }
    case 'reveals': {
      const { verdict, reveal } = validateValuation(bytes, deps.context);
      if (reveal !== undefined) deps.onReveal(reveal);
      return verdict;
    }
    case 'checkpoints': {
      const { verdict, checkpoint } = validateCheckpoint(bytes, deps.context);
      if (checkpoint !== undefined) deps.onCheckpoint(checkpoint);
      return verdict;
    }
  }
}

/** Turns an outcome into a log line, a count and what it costs its sender: the one place where that is done. */
export function judgeRecord(deps: TopicDeps, kind: RecordKind, sender: Hex | null, bytes: Uint8Array): Verdict {
  const verdict = receiveRecord(deps, kind, bytes);
  deps.onVerdict?.(kind, verdict);
  if (verdict.action !== 'reject') return verdict;
  deps.logger.warn('gossip.rejected', { member: sender, rule: verdict.rule });
  if (sender !== null) deps.offences().note(sender, 'rejected-record');
  return verdict;
}

/** Subscribes to the topics of a study on a node that has started. */
export function joinTopics(deps: TopicDeps, node: Node): void {
  const { pubsub } = node.services;
  const useless = countUselessRecords(deps.clock ?? systemClock, deps.offences);
  for (const kind of RECORD_KINDS) {
    const topic = topicOf(deps.context.study, kind);
    pubsub.topicValidators.set(topic, (peer: PeerId, { data }) => {
      try {
        const sender = accountOfPeer(peer);
        const verdict = judgeRecord(deps, kind, sender, data);
        if (sender !== null) useless.note(sender, verdict);
        return RESULT[verdict.action];
      } catch (error) {
        // A full disk, say: no fault of the sender's, and nothing that libp2p could do about.
        deps.logger.error('gossip.record-failed', { kind, error: messageOf(error) });
        return RESULT.ignore;
      }
    });
    pubsub.subscribe(topic);
  }
}
