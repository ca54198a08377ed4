import { type Hex, ZERO_DIGEST } from '../base/bytes.ts';
import type { Contribution } from '../protocol/contribution.ts';
import type { LedgerDomain } from '../protocol/domain.ts';
import { initialHead, type LedgerContent, type LedgerEntry, nextHead } from '../protocol/ledger-entry.ts';
import { contributionDigest, recoverSigner } from '../protocol/signature.ts';
import type { OpenStudy } from '../protocol/study-entries.ts';
import { hashValuation, type Valuation } from '../protocol/valuation.ts';
import { type Ledger, LedgerError, type LedgerReader } from './ledger.ts';

/** The ledger's rules without a chain: what every adapter must agree with, and what tests run on. */
export interface MemoryLedger extends LedgerReader {
  admit(account: Hex): void;
  remove(account: Hex): void;
  openStudy(study: OpenStudy): void;
  /** The same ledger under an account. */
  as(account: Hex): Ledger;
}

interface Participant {
  readonly position: number;
  nextRound: number;
  epsilonMicros: number;
  scoreCommitment: Hex;
  revealed: boolean;
}

interface Study {
  readonly terms: OpenStudy;
  readonly log: LedgerEntry[];
  readonly participants: Map<Hex, Participant>;
}

/** Gas of a record, for readers that ask; the number means nothing. */
const GAS = 50_000;

export function createMemoryLedger(domain: LedgerDomain): MemoryLedger {
  const members = new Set<Hex>();
  const studies = new Map<Hex, Study>();

  const append = ({ log, terms }: Study, content: LedgerContent): void => {
    const sequence = log.length;
    const head = nextHead(log.at(-1)?.head ?? initialHead(domain, terms.study), sequence, content);
    log.push({ ...content, sequence, head, blockNumber: sequence, transaction: head });
  };

  const record = (contribution: Contribution): void => {
    const { member, round, scoreCommitment, epsilonMicros } = contribution;
    const study = openStudyOf(studies, contribution.study);
    requireThat(members.has(member), 'NotMember');
    const participant = study.participants.get(member);
    if (participant === undefined) throw refusal('NotParticipant');
    requireRound(contribution, study.terms.rounds, participant.nextRound);
    requireThat(epsilonMicros >= participant.epsilonMicros, 'EpsilonFell');
    requireThat(epsilonMicros <= study.terms.epsilonBudgetMicros, 'EpsilonOverBudget');
    Object.assign(participant, { nextRound: round + 1, epsilonMicros, scoreCommitment, revealed: false });
    append(study, { kind: 'contribution', record: contribution });
  };

  const reveal = (valuation: Valuation): void => {
    const study = openStudyOf(studies, valuation.study);
    const evaluator = study.participants.get(valuation.evaluator);
    if (evaluator === undefined || evaluator.scoreCommitment === ZERO_DIGEST || evaluator.revealed)
      throw refusal('NothingToReveal');
    requireThat(valuation.round === evaluator.nextRound - 2, 'NotTheCommittedRound');
    requireThat(hashValuation(valuation) === evaluator.scoreCommitment, 'NotTheCommitment');
    evaluator.revealed = true;
    append(study, { kind: 'valuation', record: valuation });
  };

  const join = (account: Hex, id: Hex, dataCommitment: Hex): void => {
    const study = openStudyOf(studies, id);
    requireThat(members.has(account), 'NotMember');
    requireThat(!study.participants.has(account), 'AlreadyJoined');
    requireThat(study.participants.size < study.terms.maximumMembers, 'StudyFull');
    const position = study.participants.size;
    study.participants.set(account, {
      position,
      nextRound: 0,
      epsilonMicros: 0,
      scoreCommitment: ZERO_DIGEST,
      revealed: false,
    });
    append(study, { kind: 'joined', record: { study: id, member: account, position, dataCommitment } });
  };

  const reader: LedgerReader = {
    domain,
    members: async () => [...members],
    entries: async (study, from) => studies.get(study)?.log.slice(from) ?? [],
    gasUsed: async () => GAS,
    study: async (id) => {
      const study = studies.get(id);
      if (study === undefined) return null;
      const { rounds, maximumMembers, epsilonBudgetMicros } = study.terms;
      const head = study.log.at(-1)?.head ?? ZERO_DIGEST;
      const { participants, log } = study;
      return {
        rounds,
        maximumMembers,
        epsilonBudgetMicros,
        participants: participants.size,
        length: log.length,
        head,
        open: true,
      };
    },
  };

  return {
    ...reader,
    admit: (account) => void members.add(account),
    remove: (account) => void members.delete(account),
    openStudy: (terms) => {
      requireThat(!studies.has(terms.study), 'StudyExists');
      const study: Study = { terms, log: [], participants: new Map() };
      studies.set(terms.study, study);
      append(study, { kind: 'opened', record: terms });
    },
    as: (account) => ({
      ...reader,
      join: async (study, dataCommitment) => join(account, study, dataCommitment),
      contribute: async (contribution) => {
        requireThat(contribution.member === account, 'NotTheMember');
        record(contribution);
      },
      contributeFor: async (signed) => {
        for (const item of signed) {
          const signer = recoverSigner(contributionDigest(domain, item.record), item.signature);
          requireThat(signer === item.record.member, 'NotTheMember');
        }
        for (const item of signed) record(item.record);
      },
      reveal: async (valuation) => reveal(valuation),
    }),
  };
}

function requireRound(
  { round, base, recipe, update, samples, scoreCommitment }: Contribution,
  rounds: number,
  nextRound: number,
): void {
  requireThat(round <= rounds, 'RoundBeyondStudy');
  requireThat(round >= nextRound, 'RoundAlreadyPassed');
  requireThat(base !== ZERO_DIGEST, 'ZeroBase');
  requireThat(round > 0 || recipe === ZERO_DIGEST, 'RecipeInFirstRound');
  requireThat(round > 0 || scoreCommitment === ZERO_DIGEST, 'ScoresInFirstRound');
  if (round === rounds) requireThat(update === ZERO_DIGEST && samples === 0, 'TrainedAfterLastRound');
  else requireThat(update !== ZERO_DIGEST && samples > 0, 'NothingTrained');
}

function openStudyOf(studies: ReadonlyMap<Hex, Study>, id: Hex): Study {
  const study = studies.get(id);
  if (study === undefined) throw refusal('StudyNotOpen');
  return study;
}

function requireThat(condition: boolean, name: string): void {
  if (!condition) throw refusal(name);
}

/** The contract's custom error of this name, as the adapters report it. */
function refusal(name: string): LedgerError {
  return new LedgerError('ledger/reverted', `the ledger refused (${name})`, { details: { revert: name } });
}
