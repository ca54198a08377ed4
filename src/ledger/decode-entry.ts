import type { EventLog } from 'ethers';
import type { Hex } from '../base/bytes.ts';
import type { LedgerContent, LedgerEntry } from '../protocol/ledger-entry.ts';
import { type Equivocated, type Left, signerPositions } from '../protocol/study-entries.ts';

/** ethers' decoded arguments: `bigint` for numbers, checksummed text for addresses. */
type Arguments = Readonly<Record<string, unknown>>;

const hex = (value: unknown): Hex => String(value).toLowerCase() as Hex;

/** Turns one event of the Ledger contract into an entry; null for events that are none. */
export function decodeEntry(log: EventLog): LedgerEntry | null {
  const values: Arguments = log.args.toObject();
  const content = decodeContent(log.eventName, values);
  if (content === null) return null;
  return {
    ...content,
    sequence: Number(values.sequence),
    head: hex(values.head),
    blockNumber: log.blockNumber,
    transaction: hex(log.transactionHash),
  };
}

function decodeContent(eventName: string, values: Arguments): LedgerContent | null {
  const study = hex(values.study);
  switch (eventName) {
    case 'Opened': {
      const record = {
        study,
        rounds: Number(values.rounds),
        maximumMembers: Number(values.maximumMembers),
        stalenessBound: Number(values.stalenessBound),
        epsilonBudgetMicros: Number(values.epsilonBudgetMicros),
        deltaBudgetPicos: Number(values.deltaBudgetPicos),
      };
      return { kind: 'opened', record };
    }
    case 'Joined': {
      const [position, firstRound] = [Number(values.position), Number(values.firstRound)];
      const dataCommitment = hex(values.dataCommitment);
      return { kind: 'joined', record: { study, member: hex(values.member), position, firstRound, dataCommitment } };
    }
    case 'Contributed':
      return { kind: 'contribution', record: { study, ...decodeContribution(values) } };
    case 'Valued': {
      const { round, evaluator, scores, salt } = values;
      const words = Array.from(scores as ArrayLike<unknown>, hex);
      return {
        kind: 'valuation',
        record: { study, round: Number(round), evaluator: hex(evaluator), scores: words, salt: hex(salt) },
      };
    }
    case 'Withdrawn':
      return { kind: 'withdrawn', record: decodeLeft(study, values) };
    case 'Excluded':
      return { kind: 'excluded', record: decodeLeft(study, values) };
    case 'Equivocated':
      return { kind: 'equivocated', record: decodeEquivocated(study, values) };
    case 'Checkpointed': {
      const { round, signedHead, signers } = values;
      const positions = signerPositions(BigInt(String(signers)));
      const record = { study, round: Number(round), signedHead: hex(signedHead), signers: positions };
      return { kind: 'checkpointed', record };
    }
    case 'Closed':
      return { kind: 'closed', record: { study } };
    default:
      return null;
  }
}

function decodeLeft(study: Hex, values: Arguments): Left {
  return { study, member: hex(values.member), endRound: Number(values.endRound) };
}

function decodeEquivocated(study: Hex, values: Arguments): Equivocated {
  const { round, member, first, second } = values;
  return { study, round: Number(round), member: hex(member), first: hex(first), second: hex(second) };
}

function decodeContribution(values: Arguments) {
  return {
    round: Number(values.round),
    member: hex(values.member),
    base: hex(values.base),
    recipe: hex(values.recipe),
    update: hex(values.update),
    samples: Number(values.samples),
    epsilonMicros: Number(values.epsilonMicros),
    metrics: hex(values.metrics),
    scoreCommitment: hex(values.scoreCommitment),
  };
}
