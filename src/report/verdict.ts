import { formatNumber } from './format-number.ts';
import type { ReportData } from './report-data.ts';

/** The outcome in a line, and whether it is one to be content with. */
export interface Verdict {
  readonly tone: 'clean' | 'partial' | 'broken';
  readonly headline: string;
  readonly detail: string;
}

/** Without findings a study is clean only if every mix was replayed; where some could not be, the report says so. */
export function verdictOf({ findings, notices, records, mixes }: ReportData): Verdict {
  const replayed = `${formatNumber(records.mixesReplayed)} ${records.mixesReplayed === 1 ? 'mix' : 'mixes'} replayed bit for bit`;
  const detail = [
    `${formatNumber(records.anchored)} of ${formatNumber(records.contributions)} signed contributions anchored on the ledger`,
    `${formatNumber(records.closings)} closing records`,
    `${formatNumber(records.valuations)} valuations`,
    `${formatNumber(notices.length)} ${notices.length === 1 ? 'notice' : 'notices'}`,
  ].join(' · ');
  if (findings.length > 0) {
    const count = `${formatNumber(findings.length)} ${findings.length === 1 ? 'finding' : 'findings'}`;
    return { tone: 'broken', headline: count, detail: `${replayed} · ${detail}` };
  }
  const complete = records.mixesReplayed > 0 && records.mixesReplayed >= mixes.length;
  if (complete) return { tone: 'clean', headline: `Audit clean: ${replayed}`, detail };
  const headline = `No findings, but only ${formatNumber(records.mixesReplayed)} of ${formatNumber(mixes.length)} mixes replayed`;
  return { tone: 'partial', headline, detail };
}
