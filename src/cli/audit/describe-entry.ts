import type { ListedEntry } from '../../audit/list-entries.ts';
import { isClosing } from '../../protocol/contribution.ts';
import { unpackScores } from '../../protocol/valuation.ts';

/** What an entry says, in a few words. */
export function describeEntry({ record, kind, signed, entry }: ListedEntry): string {
  const unsigned = signed === false ? '; not in the bundle' : '';
  const unrecorded = entry === null ? '; not on the ledger' : '';
  return `${contentOf(record, kind)}${unsigned}${unrecorded}`;
}

function contentOf(record: ListedEntry['record'], kind: ListedEntry['kind']): string {
  if ('update' in record)
    return isClosing(record) ? `final model ${record.base}` : `${record.samples} samples, update ${record.update}`;
  if ('scores' in record) return `${unpackScores(record.scores).filter((score) => score !== null).length} scores`;
  if ('dataCommitment' in record) return `position ${record.position}, data ${record.dataCommitment}`;
  if ('signers' in record) return `a head that ${record.signers.length} members signed`;
  if ('endRound' in record) return 'no part from this round on';
  if ('first' in record) return 'two contributions signed for one round';
  if ('rounds' in record) return `${record.rounds} rounds, at most ${record.maximumMembers} members`;
  return kind;
}
