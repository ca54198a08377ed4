import type { LedgerEntry } from '../../protocol/ledger-entry.ts';
import { type Participant, participantsIn } from '../../protocol/participants.ts';
import { type OptionSpec, type OptionValues, usageError, wholeNumber } from '../command-line.ts';

/** How an auditor names a part of a study. */
export const SELECTION_OPTIONS = {
  member: { type: 'string', value: '<account>', help: "a participant's account, or enough of its beginning" },
  round: { type: 'string', value: '<n>', help: 'a round, from 0; the closing records have the one after the last' },
} as const satisfies Record<string, OptionSpec>;

export interface Selection {
  /** Null for all. */
  readonly member: Participant | null;
  /** Null for all. */
  readonly round: number | null;
}

/** @throws ConsiliumError `cli/usage` for a member that never joined, or a beginning that several share */
export function readSelection(values: OptionValues, log: readonly LedgerEntry[]): Selection {
  return {
    member: values.member === undefined ? null : findMember(String(values.member), log),
    round: values.round === undefined ? null : wholeNumber(values, 'round', { min: 0, max: 0xffff_ffff }),
  };
}

function findMember(text: string, log: readonly LedgerEntry[]): Participant {
  const beginning = text.toLowerCase();
  const found = participantsIn(log).filter(({ accounts }) => accounts.some((each) => each.startsWith(beginning)));
  const [only] = found;
  if (only !== undefined && found.length === 1 && /^0x[0-9a-f]+$/.test(beginning)) return only;
  const problem = found.length > 1 ? 'is the beginning of several accounts' : 'is the account of no participant';
  throw usageError(`--member ${text} ${problem}; 'consilium audit list' shows them`);
}
