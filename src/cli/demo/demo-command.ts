import { writeFile } from 'node:fs/promises';
import { exportReport } from '../../web/report/export-report.ts';
import type { Command } from '../run-command.ts';
import { composeReport } from './compose-report.ts';
import { DEMO_SPEC, readDemoOptions } from './demo-options.ts';
import { describeOutcome, finishedEvent } from './describe-outcome.ts';
import { memberResults } from './member-results.ts';
import { jsonView, lineView, tableView } from './progress-view.ts';
import { publicCommandLine, publicDatasetName } from './public-words.ts';
import { runDemo } from './run-demo.ts';
import { serveRun } from './serve-run.ts';

export const demoCommand: Command = {
  spec: DEMO_SPEC,
  async run(values, _positionals, signal) {
    const options = readDemoOptions(values);
    const out = process.stdout;
    const { dataset, alpha, seed } = options;
    const command = publicCommandLine(process.argv.slice(3));
    const facts = { command, startedAt: new Date().toISOString(), dataset: publicDatasetName(dataset), alpha, seed };
    return runDemo(options, {
      view: (rows) => (options.json ? jsonView(out) : out.isTTY ? tableView(out, rows) : lineView(out)),
      signal,
      finish: async (outcome) => {
        const members = memberResults(outcome);
        await writeFile(outcome.run.folder.report, await exportReport(await composeReport(outcome, members, facts)));
        out.write(
          options.json ? `${JSON.stringify(finishedEvent(outcome, members))}\n` : describeOutcome(outcome, members),
        );
        if (!options.serve) return;
        await serveRun(outcome, signal, (url) => {
          const text = `auditor's page: ${url}\nCtrl-C ends it.`;
          out.write(`${options.json ? JSON.stringify({ event: 'demo.serving', url }) : text}\n`);
        });
      },
    });
  },
};
