import type { Hex } from '../base/bytes.ts';
import type { PeerEvent } from './peer-event.ts';

export type PeerPhase =
  | 'starting'
  | 'joining'
  | 'training'
  | 'waiting'
  | 'pulling'
  | 'mixing'
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
    case 'round.pulled':
      return { ...progress, phase: 'mixing' };
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
  /** What the consortium and the study's log say of this peer's account. */
  readonly standing: Standing;
  readonly disk: DiskSpace;
  readonly problems: readonly PeerProblem[];
}

export type Standing = 'member' | 'replaced' | 'removed' | 'excluded';

export interface DiskSpace {
  /** Null where the file system does not say. */
  readonly freeBytes: number | null;
  /** What a round keeps, about: one model for each participant, and the mix. */
  readonly roundBytes: number;
}

/** Something that keeps a peer from doing its work, and what helps. */
export interface PeerProblem {
  readonly code:
    | 'status/account-removed'
    | 'status/account-replaced'
    | 'status/excluded'
    | 'status/disk-low'
    | 'status/chain-silent'
    | 'status/no-quorum'
    | 'status/record-refused';
  readonly remedy: string;
}

/** A chain that was not heard of for longer is worth a look; its blocks come within seconds. */
const SILENT_SECONDS = 60;
/** Database and log need room too. */
const LEAST_FREE_BYTES = 256 * 1024 * 1024;

type Watched = Omit<PeerStatus, 'problems'>;

/** @param quorum share of the participants that a round needs, this peer among them */
export function findProblems(status: Watched, quorum: number): PeerProblem[] {
  return [
    problemOfStanding(status.standing),
    problemOfDisk(status),
    problemOfChain(status),
    problemOfQuorum(status, quorum),
    problemOfOutbox(status),
  ].filter((problem) => problem !== null);
}

function problemOfStanding(standing: Standing): PeerProblem | null {
  switch (standing) {
    case 'member':
      return null;
    case 'replaced':
      return {
        code: 'status/account-replaced',
        remedy:
          "this member takes part with another account now, so its key was rotated: stop this peer, and start the one on the new key's folder",
      };
    case 'removed':
      return {
        code: 'status/account-removed',
        remedy:
          'this account is no member of the consortium any more: if the key was rotated, start the peer with the new key; else ask an admin',
      };
    case 'excluded':
      return {
        code: 'status/excluded',
        remedy: 'this member was excluded from the study and takes no part in later rounds; ask an admin why',
      };
  }
}

function problemOfDisk({ disk, rounds, round, phase }: Watched): PeerProblem | null {
  const { freeBytes, roundBytes } = disk;
  if (freeBytes === null || phase === 'finished') return null;
  const roundsLeft = rounds - (round ?? 0);
  const roundsOfSpace = Math.max(0, Math.floor((freeBytes - LEAST_FREE_BYTES) / roundBytes));
  if (freeBytes >= LEAST_FREE_BYTES && roundsOfSpace >= roundsLeft) return null;
  const megabytes = Math.round(freeBytes / 1e6);
  return {
    code: 'status/disk-low',
    remedy: `${megabytes} MB are free where the data folder is, enough for about ${roundsOfSpace} of ${roundsLeft} rounds; make room, or move the folder while the peer is stopped`,
  };
}

function problemOfChain({ ledger, upSeconds }: Watched): PeerProblem | null {
  if ((ledger.secondsSinceContact ?? upSeconds) <= SILENT_SECONDS) return null;
  return {
    code: 'status/chain-silent',
    remedy:
      'no node of the chain answers; records wait in the outbox. Check rpcUrl in peer.json and the nodes behind it',
  };
}

function problemOfQuorum({ phase, connected, participants }: Watched, quorum: number): PeerProblem | null {
  const isRunning = phase !== 'starting' && phase !== 'joining' && phase !== 'finished';
  if (!isRunning || connected.length + 1 >= Math.ceil(quorum * (participants ?? 0))) return null;
  return {
    code: 'status/no-quorum',
    remedy: `only ${connected.length} of ${(participants ?? 1) - 1} others are connected, and no round ends without a quorum. Check the network, and that the members in 'missing' run their peers`,
  };
}

function problemOfOutbox({ outbox }: Watched): PeerProblem | null {
  if (outbox.refused === 0) return null;
  return {
    code: 'status/record-refused',
    remedy: `the ledger refused ${outbox.refused} records for good; the reasons are in peer.log under outbox.refused`,
  };
}
