import type { Finding } from '../../audit/finding.ts';
import { readStudyLog } from '../../audit/read-study-log.ts';
import { type Taint, traceTaint } from '../../audit/trace-taint.ts';
import { type OptionValues, usageError } from '../command-line.ts';
import { formatTable } from '../format-table.ts';
import { describeFindings } from './describe-findings.ts';
import { printReport } from './print-report.ts';
import { readSelection } from './selection.ts';
import { sheetOf } from './sheet.ts';
import type { AuditSource } from './with-bundle.ts';

/** Prints every model that a member's work reached, and where the others were last without it. @returns the exit code */
export async function reportTaint(values: OptionValues, { bundle, ledger }: AuditSource): Promise<number> {
  if (values.member !== undefined || values.round !== undefined)
    throw usageError('give --tainted-by alone, or --member and --round');
  const { log, findings } = await readStudyLog(bundle, ledger);
  const evidence = { ...bundle.evidence, log: [...log] };
  const { member } = readSelection({ member: values['tainted-by'] }, evidence.log);
  const taint = await traceTaint({ ...bundle, evidence }, member?.accounts ?? []);
  const report = { study: evidence.study, ...taint, findings };
  return printReport(values, {
    json: report,
    sheet: () => sheetOf(['round', 'member', 'kind', 'share', 'digest'], taint.models),
    text: () => describe(taint, findings),
  });
}

function describe(taint: Taint, findings: readonly Finding[]): string {
  const { models, checkpoints, cleanRound, accounts, unread } = taint;
  const rows = models.map(({ member, round, kind, share, digest }) => [
    String(round),
    member,
    kind,
    share === null ? 'not known' : `${(100 * share).toFixed(2)} %`,
    digest,
  ]);
  const clean = checkpoints.map(({ member, round, base }) => [member, String(round), base]);
  return [
    `${new Set(models.map(({ digest }) => digest)).size} models that the work of ${accounts.at(-1)} reached:`,
    '',
    formatTable(['round', 'member', 'model', 'share of training', 'digest'], rows),
    '',
    'the last model of each other member without it:',
    '',
    formatTable(['member', 'round', 'digest'], clean),
    '',
    `all of them were without it in round ${cleanRound}: 'consilium study rollback' goes on from there`,
    ...(unread.length === 0
      ? []
      : [`${unread.length} recipes are not in the bundle; what came of them counts as reached`]),
    describeFindings(findings, []),
    '',
  ].join('\n');
}
