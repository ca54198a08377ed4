import type { EventLog } from 'ethers';
import type { Hex } from '../base/bytes.ts';
import type { LedgerContent, LedgerEntry } from '../protocol/ledger-entry.ts';

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
      const { rounds, maximumMembers, epsilonBudgetMicros } = values;
      const record = {
        study,
        rounds: Number(rounds),
        maximumMembers: Number(maximumMembers),
        epsilonBudgetMicros: Number(epsilonBudgetMicros),
      };
      return { kind: 'opened', record };
    }
    case 'Joined': {
      const { member, position, dataCommitment } = values;
      const record = { study, member: hex(member), position: Number(position), dataCommitment: hex(dataCommitment) };
      return { kind: 'joined', record };
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
      return { kind: 'withdrawn', record: { study, member: hex(values.member) } };
    case 'Closed':
      return { kind: 'closed', record: { study } };
    default:
      return null;
  }
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
