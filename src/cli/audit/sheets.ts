import type { ListedEntry } from '../../audit/list-entries.ts';
import type { MetricsRow } from '../../audit/metrics-table.ts';
import type { ReportSource } from '../../audit/open-subject.ts';
import { PARTICIPATION_COUNTS, type ParticipationRow } from '../../audit/participation-table.ts';
import type { Manifest } from '../../protocol/manifest.ts';
import { type Sheet, sheetOf } from './sheet.ts';

const PLACE = ['entry', 'kind', 'round', 'member', 'blockNumber', 'transaction', 'signed'] as const;

/** What contributions say. */
export const CONTRIBUTION_FIELDS = [
  'samples',
  'epsilonMicros',
  'base',
  'recipe',
  'update',
  'metrics',
  'scoreCommitment',
] as const;

/** Entries of a log with some of the fields of their records; a cell is empty where a record has no such field. */
export function entriesSheet(entries: readonly ListedEntry[], fields: readonly string[]): Sheet {
  const { columns, rows } = sheetOf(PLACE, entries);
  return {
    columns: [...columns, ...fields],
    rows: entries.map(({ record }, i) => {
      const values = new Map<string, unknown>(Object.entries(record));
      const cells = fields.map((field) => {
        const value = values.get(field);
        return typeof value === 'number' || typeof value === 'string' ? value : null;
      });
      return [...(rows[i] ?? []), ...cells];
    }),
  };
}

export const participationSheet = (rows: readonly ParticipationRow[]): Sheet =>
  sheetOf(['round', 'position', 'member', 'account', 'part', 'entry', ...PARTICIPATION_COUNTS], rows);

export const metricsSheet = (rows: readonly MetricsRow[]): Sheet =>
  sheetOf(
    ['round', 'member', 'part', 'by', 'group', 'samples', 'loss', 'accuracy', 'auc', 'calibrationError', 'brier'],
    rows,
  );

/** What the other sheets are about. */
export function studySheet({ study, chainId, contract, chainRead }: ReportSource, manifest: Manifest): Sheet {
  const { title, rounds, segments, pulls, codec, aggregation, privacy, valuation } = manifest;
  const facts = {
    study,
    title,
    chainId,
    contract,
    chainRead,
    rounds,
    segments,
    pulls,
    codec: codec.name,
    rule: aggregation.rule,
    privacy: privacy.unit,
    valuation: valuation.method,
  };
  return { columns: ['field', 'value'], rows: Object.entries(facts) };
}
