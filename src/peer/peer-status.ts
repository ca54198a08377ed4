import type { Hex } from '../base/bytes.ts';
import type { PeerEvent } from './peer-event.ts';

export type PeerPhase =
  | 'starting'
  | 'joining'
  | 'training'
  | 'waiting'
  | 'pulling'
  | 'valuing'
  | 'finishing'
  | 'finished';

type ValuedEvent = Extract<PeerEvent, { event: 'round.valued' }>;

/** Where a peer stands, as far as its own events tell. */
export interface PeerProgress {
  readonly phase: PeerPhase;
  readonly round: number | null;
  readonly addresses: readonly string[];
  readonly participants: number | null;
  readonly connected: readonly Hex[];
  readonly traffic: { readonly bytesIn: number; readonly bytesOut: number };
  readonly lastMix: { readonly round: number; readonly entries: number; readonly refused: number } | null;
  /** How the last mix was scored; the largest standard error of a score is null for a method that draws nothing. */
  readonly lastValuation: ValuedEvent | null;
}

export const FRESH_PROGRESS: PeerProgress = {
  phase: 'starting',
  round: null,
  addresses: [],
  participants: null,
  connected: [],
  traffic: { bytesIn: 0, bytesOut: 0 },
  lastMix: null,
  lastValuation: null,
};

/** What a peer's progress is after one more event. */
export function followEvent(progress: PeerProgress, event: PeerEvent): PeerProgress {
  switch (event.event) {
    case 'peer.listening':
      return { ...progress, phase: 'joining', addresses: event.addresses };
    case 'study.joined':
      return { ...progress, participants: event.participants };
    case 'round.started':
      return { ...progress, phase: 'training', round: event.round };
    case 'round.announced':
      return { ...progress, phase: 'waiting', round: event.round };
    case 'round.pulling':
      return { ...progress, phase: 'pulling' };
    case 'round.mixed':
      return { ...progress, phase: 'valuing', lastMix: pick(event) };
    case 'round.valued':
      return { ...progress, phase: 'training', round: event.round + 1, lastValuation: event };
    case 'round.adopted':
      return { ...progress, phase: 'training', round: event.round };
    case 'study.finishing':
    case 'privacy.exhausted':
      return { ...progress, phase: 'finishing' };
    case 'study.finished':
    case 'study.withdrawn':
    case 'peer.stopped':
      return { ...progress, phase: 'finished' };
    case 'peer.traffic':
      return { ...progress, traffic: { bytesIn: event.bytesIn, bytesOut: event.bytesOut } };
    case 'member.connected':
      return { ...progress, connected: [...without(progress.connected, event.account), event.account] };
    case 'member.lost':
      return { ...progress, connected: without(progress.connected, event.account) };
    case 'round.epoch':
    case 'round.evaluated':
    case 'record.anchored':
    case 'member.banned':
      return progress;
  }
}

const without = (accounts: readonly Hex[], account: Hex): Hex[] => accounts.filter((each) => each !== account);

function pick({ round, entries, refused }: Extract<PeerEvent, { event: 'round.mixed' }>): PeerProgress['lastMix'] {
  return { round, entries, refused };
}

/** What a running peer tells about itself, for `peer status`, the health check and the metrics. */
export interface PeerStatus extends PeerProgress {
  readonly account: Hex;
  readonly study: Hex;
  readonly title: string;
  readonly rounds: number;
  readonly engine: string;
  readonly pid: number;
  readonly upSeconds: number;
  /** Participants that are not connected. */
  readonly missing: readonly Hex[];
  readonly outbox: { readonly pending: number; readonly anchored: number; readonly refused: number };
  readonly ledger: { readonly entries: number; readonly secondsSinceContact: number | null };
  readonly problems: readonly PeerProblem[];
}

/** Something that keeps a peer from doing its work, and what helps. */
export interface PeerProblem {
  readonly code: 'status/chain-silent' | 'status/no-quorum' | 'status/record-refused';
  readonly remedy: string;
}

/** A chain that was not heard of for longer is worth a look; its blocks come within seconds. */
const SILENT_SECONDS = 60;

/** @param quorum share of the participants that a round needs, this peer among them */
export function findProblems(status: Omit<PeerStatus, 'problems'>, quorum: number): PeerProblem[] {
  const problems: PeerProblem[] = [];
  const { secondsSinceContact } = status.ledger;
  if ((secondsSinceContact ?? status.upSeconds) > SILENT_SECONDS) {
    problems.push({
      code: 'status/chain-silent',
      remedy:
        'no node of the chain answers; records wait in the outbox. Check rpcUrl in peer.json and the nodes behind it',
    });
  }
  const participants = status.participants ?? 0;
  const running = status.phase !== 'starting' && status.phase !== 'joining' && status.phase !== 'finished';
  if (running && status.connected.length + 1 < Math.ceil(quorum * participants)) {
    problems.push({
      code: 'status/no-quorum',
      remedy: `only ${status.connected.length} of ${participants - 1} others are connected, and no round ends without a quorum. Check the network, and that the members in 'missing' run their peers`,
    });
  }
  if (status.outbox.refused > 0) {
    problems.push({
      code: 'status/record-refused',
      remedy: `the ledger refused ${status.outbox.refused} records for good; the reasons are in peer.log under outbox.refused`,
    });
  }
  return problems;
}
