import { type Hex, ZERO_DIGEST } from '../../base/bytes.ts';
import type { Contribution } from '../../protocol/contribution.ts';
import type { LedgerDomain } from '../../protocol/domain.ts';
import { contributionDigest, recoverSigner, type Signed } from '../../protocol/signature.ts';
import type { OpenStudy } from '../../protocol/study-entries.ts';
import type { Ledger, LedgerReader } from '../ledger.ts';
import { createMemoryMembers, type MemoryMembers } from './memory-members.ts';
import { createMemoryStudy, type MemoryStudy } from './memory-study.ts';
import { refusal, requireThat } from './refusal.ts';

/** The ledger's rules without a chain: what every adapter must agree with, and what tests run on. */
export interface MemoryLedger extends LedgerReader {
  readonly membership: Omit<MemoryMembers, 'standingOf' | 'current' | 'changes'>;
  openStudy(study: OpenStudy): void;
  closeStudy(study: Hex): void;
  /** The same ledger under an account. */
  as(account: Hex): Ledger;
}

/** Gas of a record, for readers that ask; the number means nothing. */
const GAS = 50_000;
const REVEAL_WINDOW_BLOCKS = 50_000;
const QUORUM = 2 / 3;

/** Every change is a block of its own. Signatures are checked where they prove something: contributions of others. */
export function createMemoryLedger(
  domain: LedgerDomain,
  { revealWindowBlocks = REVEAL_WINDOW_BLOCKS }: { revealWindowBlocks?: number } = {},
): MemoryLedger {
  const studies = new Map<Hex, MemoryStudy>();
  let block = 0;
  const now = (): number => block;
  const members = createMemoryMembers(now);
  const deps = { domain, members, revealWindowBlocks, quorum: QUORUM, now };
  const inBlock = <T>(change: () => T): T => {
    block += 1;
    return change();
  };
  const studyNamed = (id: Hex): MemoryStudy => {
    const study = studies.get(id);
    if (study === undefined) throw refusal('StudyNotOpen');
    return study;
  };
  const requireSigned = ({ record, signature }: Signed<Contribution>): void =>
    requireThat(recoverSigner(contributionDigest(domain, record), signature) === record.member, 'NotTheMember');

  const reader: LedgerReader = {
    domain,
    members: async () => members.current(),
    standingChanges: async () => [...members.changes()],
    blockNumber: async () => block,
    entries: async (study, from) => studies.get(study)?.log().slice(from) ?? [],
    receipt: async (transaction) => {
      const entry = [...studies.values()]
        .flatMap((study) => study.log())
        .find((each) => each.transaction === transaction);
      return entry === undefined ? null : { blockNumber: entry.blockNumber, gasUsed: GAS };
    },
    studies: async () => [...studies].map(([study, { log }]) => ({ study, blockNumber: log()[0]?.blockNumber ?? 0 })),
    study: async (id) => {
      const study = studies.get(id);
      if (study === undefined) return null;
      const { study: _, ...terms } = study.terms;
      return {
        ...terms,
        participants: study.participants(),
        length: study.log().length,
        head: study.log().at(-1)?.head ?? ZERO_DIGEST,
        open: study.open(),
      };
    },
  };

  const as = (account: Hex): Ledger => ({
    ...reader,
    join: async (study, dataCommitment) => inBlock(() => studyNamed(study).join(account, dataCommitment)),
    withdraw: async (study) => inBlock(() => studyNamed(study).withdraw(account)),
    exclude: async (study, member) => inBlock(() => studyNamed(study).exclude(member)),
    contribute: async (contribution) => {
      requireThat(contribution.member === account, 'NotTheMember');
      inBlock(() => studyNamed(contribution.study).record(contribution));
    },
    contributeFor: async (signed) => {
      for (const item of signed) requireSigned(item);
      const study = studyNamed(signed[0]?.record.study ?? ZERO_DIGEST);
      inBlock(() => study.atomically(() => signed.forEach(({ record }) => study.record(record))));
    },
    reveal: async (valuations) =>
      inBlock(() => {
        const study = studyNamed(valuations[0]?.study ?? ZERO_DIGEST);
        study.atomically(() => valuations.forEach((valuation) => study.reveal(valuation)));
      }),
    reportEquivocation: async (first, second) => {
      for (const item of [first, second]) requireSigned(item);
      inBlock(() => studyNamed(first.record.study).equivocated(first.record, second.record));
    },
    checkpoint: async (checkpoint, cosigners) =>
      inBlock(() => studyNamed(checkpoint.study).checkpoint(checkpoint, cosigners)),
  });

  return {
    ...reader,
    membership: {
      admit: (account) => inBlock(() => members.admit(account)),
      suspend: (account) => inBlock(() => members.suspend(account)),
      reinstate: (account) => inBlock(() => members.reinstate(account)),
      remove: (account) => inBlock(() => members.remove(account)),
      rotate: (account, successor) => inBlock(() => members.rotate(account, successor)),
    },
    openStudy: (terms) => {
      requireThat(!studies.has(terms.study), 'StudyExists');
      studies.set(
        terms.study,
        inBlock(() => createMemoryStudy(deps, terms)),
      );
    },
    closeStudy: (study) => inBlock(() => studyNamed(study).close()),
    as,
  };
}
