import { type Hex, ZERO_DIGEST } from '../../base/bytes.ts';
import { type Checkpoint, checkpointDigest } from '../../protocol/checkpoint.ts';
import { type Contribution, hashContribution } from '../../protocol/contribution.ts';
import type { LedgerDomain } from '../../protocol/domain.ts';
import { headCount } from '../../protocol/head-word.ts';
import { initialHead, type LedgerContent, type LedgerEntry, nextHead } from '../../protocol/ledger-entry.ts';
import { recoverSigner } from '../../protocol/signature.ts';
import type { OpenStudy } from '../../protocol/study-entries.ts';
import { hashValuation, type Valuation } from '../../protocol/valuation.ts';
import type { Cosigner } from '../ledger.ts';
import type { AccountStanding, MemoryMembers } from './memory-members.ts';
import { refusal, requireThat } from './refusal.ts';

/** The commitments of this many rounds are kept for each account. */
const SLOTS = 4;

interface Part {
  readonly position: number;
  state: 'active' | 'withdrawn' | 'excluded';
  nextRound: number;
  endRound: number;
  epsilonMicros: number;
  lastBlock: number;
}

interface Commitment {
  readonly hash: Hex;
  readonly block: number;
  opened: boolean;
}

interface State {
  readonly log: LedgerEntry[];
  /** By the member's number. */
  readonly parts: Map<number, Part>;
  /** The account at each position. */
  readonly seats: Hex[];
  readonly commitments: Map<Hex, Map<number, Commitment>>;
  readonly equivocations: Set<string>;
  open: boolean;
}

/** The rules of one study. */
export interface MemoryStudy {
  readonly terms: OpenStudy;
  log(): readonly LedgerEntry[];
  open(): boolean;
  participants(): number;
  /** Does all of `work`, or none of it. */
  atomically(work: () => void): void;
  join(account: Hex, dataCommitment: Hex): void;
  withdraw(account: Hex): void;
  exclude(account: Hex): void;
  record(contribution: Contribution): void;
  reveal(valuation: Valuation): void;
  equivocated(first: Contribution, second: Contribution): void;
  checkpoint(checkpoint: Checkpoint, cosigners: readonly Cosigner[]): void;
  close(): void;
}

export interface MemoryStudyDeps {
  readonly domain: LedgerDomain;
  readonly members: MemoryMembers;
  readonly revealWindowBlocks: number;
  /** Share of the participants that must co-sign a checkpoint. */
  readonly quorum: number;
  /** Number of the block that the next entry is in. */
  now(): number;
}

export function createMemoryStudy(deps: MemoryStudyDeps, terms: OpenStudy): MemoryStudy {
  const { members, now } = deps;
  let state: State = {
    log: [],
    parts: new Map(),
    seats: [],
    commitments: new Map(),
    equivocations: new Set(),
    open: true,
  };

  const append = (content: LedgerContent): void => {
    const { log } = state;
    const head = nextHead(log.at(-1)?.head ?? initialHead(deps.domain, terms.study), content);
    log.push({ ...content, sequence: log.length, head, blockNumber: now(), transaction: head });
  };
  const requireOpen = (): void => requireThat(state.open, 'StudyNotOpen');
  const partOf = (account: Hex): { part: Part; standing: AccountStanding } => {
    const standing = members.standingOf(account);
    const part = standing === undefined ? undefined : state.parts.get(standing.index);
    if (standing === undefined || part === undefined) throw refusal('NotParticipant');
    return { part, standing };
  };
  /** The round after the last that anybody recorded by a block, as far as the last records tell. */
  const nextRoundAt = (until: number): number =>
    Math.max(0, ...[...state.parts.values()].filter((part) => part.lastBlock <= until).map((part) => part.nextRound));
  const leave = (part: Part, state: Part['state'], endRound: number): number => {
    part.state = state;
    part.endRound = Math.min(part.endRound, endRound);
    return part.endRound;
  };

  append({ kind: 'opened', record: terms });
  return {
    terms,
    log: () => state.log,
    open: () => state.open,
    participants: () => state.parts.size,
    atomically: (work) => {
      const before = structuredClone(state);
      try {
        work();
      } catch (error) {
        state = before;
        throw error;
      }
    },
    join: (member, dataCommitment) => {
      requireThat(dataCommitment !== ZERO_DIGEST, 'ZeroDataCommitment');
      requireOpen();
      const standing = members.standingOf(member);
      if (standing?.standing !== 'active') throw refusal('NotMember');
      const before = state.parts.get(standing.index);
      const firstRound = nextRoundAt(Number.POSITIVE_INFINITY);
      if (before === undefined) requireThat(state.parts.size < terms.maximumMembers, 'StudyFull');
      else requireThat(mayJoinAgain(before, standing), 'AlreadyJoined');
      const part: Part = {
        position: before?.position ?? state.parts.size,
        state: 'active',
        nextRound: firstRound,
        endRound: terms.rounds + 1,
        epsilonMicros: before?.epsilonMicros ?? 0,
        lastBlock: now(),
      };
      const { position } = part;
      state.parts.set(standing.index, part);
      state.seats[position] = member;
      if (!state.commitments.has(member)) state.commitments.set(member, new Map());
      append({ kind: 'joined', record: { study: terms.study, member, position, firstRound, dataCommitment } });
    },
    withdraw: (member) => {
      requireOpen();
      const { part, standing } = partOf(member);
      requireThat(standing.standing !== 'rotated', 'NotMember');
      requireThat(part.state !== 'withdrawn', 'HasWithdrawn');
      const endRound = leave(part, 'withdrawn', nextRoundAt(Number.POSITIVE_INFINITY));
      append({ kind: 'withdrawn', record: { study: terms.study, member, endRound } });
    },
    exclude: (member) => {
      requireOpen();
      const { part, standing } = partOf(member);
      const lost = standing.standing === 'suspended' || standing.standing === 'removed';
      requireThat(lost && part.state === 'active', 'NothingToExclude');
      const endRound = leave(part, 'excluded', nextRoundAt(standing.since));
      append({ kind: 'excluded', record: { study: terms.study, member, endRound } });
    },
    record: (contribution) => {
      requireOpen();
      const { member, round, scoreCommitment, epsilonMicros } = contribution;
      const { part, standing } = partOf(member);
      requireMayRecord(part, standing);
      requireRound(contribution, part, terms.rounds);
      requireThat(epsilonMicros >= part.epsilonMicros, 'EpsilonFell');
      requireThat(epsilonMicros <= terms.epsilonBudgetMicros, 'EpsilonOverBudget');
      Object.assign(part, { nextRound: round + 1, epsilonMicros, lastBlock: now() });
      if (scoreCommitment !== ZERO_DIGEST) {
        const commitment = { hash: scoreCommitment, block: now(), opened: false };
        state.commitments.get(member)?.set((round - 1) % SLOTS, commitment);
      }
      append({ kind: 'contribution', record: contribution });
    },
    reveal: (valuation) => {
      requireOpen();
      const commitment = state.commitments.get(valuation.evaluator)?.get(valuation.round % SLOTS);
      const fits = commitment !== undefined && !commitment.opened && commitment.hash === hashValuation(valuation);
      requireThat(fits, 'NotTheCommitment');
      requireThat(now() <= commitment.block + deps.revealWindowBlocks, 'RevealTooLate');
      commitment.opened = true;
      append({ kind: 'valuation', record: valuation });
    },
    equivocated: (first, second) => {
      requireOpen();
      const { study, round, member } = first;
      const [one, other] = [hashContribution(first), hashContribution(second)];
      const same = study === second.study && round === second.round && member === second.member;
      requireThat(same && one !== other, 'NoEquivocation');
      requireThat(state.commitments.has(member), 'NotParticipant');
      requireThat(!state.equivocations.has(`${round}/${member}`), 'EquivocationKnown');
      state.equivocations.add(`${round}/${member}`);
      append({ kind: 'equivocated', record: { study, round, member, first: one, second: other } });
    },
    checkpoint: (checkpoint, cosigners) => {
      requireOpen();
      requireThat(headCount(checkpoint.head) <= state.log.length, 'CheckpointAhead');
      const active = [...state.parts.values()].filter((part) => part.state === 'active').length;
      requireThat(cosigners.length >= Math.max(1, Math.ceil(active * deps.quorum)), 'QuorumMissed');
      const digest = checkpointDigest(deps.domain, checkpoint);
      for (const [i, { position, signature }] of cosigners.entries()) {
        requireThat(i === 0 || position > (cosigners[i - 1]?.position ?? 0), 'SignersOutOfOrder');
        requireThat(position < state.seats.length, 'NoSuchPosition');
        requireThat(recoverSigner(digest, signature) === state.seats[position], 'NotTheMember');
      }
      const { study, round, head: signedHead } = checkpoint;
      const signers = cosigners.map(({ position }) => position);
      append({ kind: 'checkpointed', record: { study, round, signedHead, signers } });
    },
    close: () => {
      requireOpen();
      state.open = false;
      append({ kind: 'closed', record: { study: terms.study } });
    },
  };
}

function mayJoinAgain(part: Part, { since }: AccountStanding): boolean {
  return part.state === 'excluded' || (part.state === 'active' && since > part.lastBlock);
}

function requireMayRecord(part: Part, { standing, since }: AccountStanding): void {
  if (standing === 'active') requireThat(since <= part.lastBlock, 'MembershipInterrupted');
  else requireThat(part.state === 'excluded' && standing !== 'rotated', 'NotMember');
}

function requireRound(contribution: Contribution, part: Part, rounds: number): void {
  const { round, base, recipe, update, samples, scoreCommitment } = contribution;
  requireThat(round >= part.nextRound, 'RoundAlreadyPassed');
  requireThat(round <= rounds, 'RoundBeyondStudy');
  requireThat(round < part.endRound, 'RoundAfterEnd');
  requireThat(base !== ZERO_DIGEST, 'ZeroBase');
  requireThat(round > 0 || recipe === ZERO_DIGEST, 'RecipeInFirstRound');
  requireThat(round > 0 || scoreCommitment === ZERO_DIGEST, 'ScoresInFirstRound');
  if (round === rounds) requireThat(update === ZERO_DIGEST && samples === 0, 'TrainedAfterLastRound');
  else requireThat(update !== ZERO_DIGEST && samples > 0, 'NothingTrained');
}
