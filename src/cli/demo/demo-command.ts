import { describeFindings } from '../audit-verify-command.ts';
import { formatTable } from '../format-table.ts';
import type { Command } from '../run-command.ts';
import { DEMO_SPEC, readDemoOptions } from './demo-options.ts';
import { jsonView, lineView, percent, tableView } from './progress-view.ts';
import { type DemoOutcome, runDemo } from './run-demo.ts';

export const demoCommand: Command = {
  spec: DEMO_SPEC,
  async run(values, _positionals, signal) {
    const options = readDemoOptions(values);
    const out = process.stdout;
    return runDemo(
      options,
      (rows) => (options.json ? jsonView(out) : out.isTTY ? tableView(out, rows) : lineView(out)),
      signal,
      async (outcome) => {
        out.write(options.json ? `${JSON.stringify(finishedEvent(outcome))}\n` : describeOutcome(outcome));
      },
    );
  },
};

/** A member's line in the result. */
function memberResults({ report, rows, reference }: DemoOutcome) {
  return rows.map((row, i) => {
    const audited = report.members.find((member) => member.address === row.address);
    const final = audited?.metrics.find((metrics) => metrics.round === report.rounds);
    return {
      name: row.name,
      address: row.address,
      samples: audited?.samples ?? 0,
      accuracyAlone: reference.alone[i]?.accuracy ?? null,
      accuracyFederated: final?.common?.accuracy ?? null,
      aucAlone: reference.alone[i]?.auc ?? null,
      aucFederated: final?.common?.auc ?? null,
      score: (audited?.scoreMicros ?? 0) / 1e6,
      registered: audited?.registered ?? 0,
      expected: audited?.expected ?? 0,
      anchored: audited?.anchored ?? 0,
      finalModel: audited?.finalModel ?? null,
      killed: row.phase === 'killed',
    };
  });
}

function finishedEvent(outcome: DemoOutcome): object {
  const { report, run, reference, bundle, durationSeconds } = outcome;
  return {
    event: 'demo.finished',
    peers: outcome.rows.length,
    rounds: run.manifest.rounds,
    findings: report.findings,
    notices: report.notices,
    records: report.records,
    members: memberResults(outcome),
    accuracyPooled: reference.pooled?.accuracy ?? null,
    aucPooled: reference.pooled?.auc ?? null,
    durationSeconds,
    report: run.folder.report,
    bundle,
  };
}

function describeOutcome(outcome: DemoOutcome): string {
  const { report, reference, run, bundle } = outcome;
  const members = memberResults(outcome);
  const mean = (values: readonly (number | null)[]): number | null => {
    const known = values.filter((value) => value !== null);
    return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
  };
  const pooled = percent(reference.pooled?.accuracy ?? null);
  const decimal = (value: number | null): string => (value === null ? '–' : value.toFixed(3));
  const rows = members.map((member) => [
    `${member.name} ${member.address.slice(0, 8)}…${member.killed ? ' (killed)' : ''}`,
    String(member.samples),
    percent(member.accuracyAlone),
    percent(member.accuracyFederated),
    pooled,
    decimal(member.aucFederated),
    member.score.toFixed(4),
    `${member.registered}/${member.expected}/${member.anchored}`,
  ]);
  const means = [
    'mean',
    '',
    percent(mean(members.map((m) => m.accuracyAlone))),
    percent(mean(members.map((m) => m.accuracyFederated))),
    pooled,
    decimal(mean(members.map((m) => m.aucFederated))),
    '',
    '',
  ];
  const header = ['member', 'samples', 'alone', 'federated', 'pooled', 'AUC', 'score', 'registered/expected/anchored'];
  const { records } = report;
  return [
    '',
    formatTable(header, [...rows, means]),
    '',
    `${records.anchored} contributions, ${records.closings} closing records and ${records.valuations} valuations on the ledger; ` +
      `${records.mixesReplayed} mixes replayed bit for bit`,
    describeFindings(report.findings, report.notices),
    '',
    `report    ${run.folder.report}`,
    `evidence  ${bundle}`,
    `took      ${outcome.durationSeconds.toFixed(0)} s`,
    '',
  ].join('\n');
}
