import type { Hex } from '../src/base/bytes.ts';
import { usageError } from '../src/cli/command-line.ts';
import { type Command, runCommand } from '../src/cli/run-command.ts';
import { closeStudy, readStudy } from '../src/ledger/admin/studies.ts';
import { ASKING_OPTIONS } from './admin-options.ts';
import { type ConsortiumTask, type Outcome, runConsortiumTask } from './admin-run.ts';

const close: Command = {
  spec: {
    usage: 'node scripts/close-study.ts <study> [options]',
    summary:
      'Closes a study for good: nothing can be added to its log any more. What members have not anchored by then never will be,\n' +
      'so wait until their peers have finished.',
    positionals: true,
    options: ASKING_OPTIONS,
    examples: ['node scripts/close-study.ts 0x…'],
  },
  async run(values, positionals, signal) {
    const study = parseStudy(positionals);
    return runConsortiumTask(values, signal, (task) => closeOnce(task, study));
  },
};

function parseStudy([text = '', ...more]: readonly string[]): Hex {
  const study = text.toLowerCase();
  if (more.length === 0 && /^0x[0-9a-f]{64}$/.test(study)) return study as Hex;
  throw usageError("name one study: 0x and 64 hexadecimal digits; 'status' lists them");
}

async function closeOnce({ session, deployment, confirm }: ConsortiumTask, study: Hex): Promise<Outcome> {
  const { state, entries, participants } = await readStudy(session.provider, deployment.ledger, study);
  if (state === 'none') throw usageError(`there is no study ${study}; 'status' lists them`);
  if (state === 'closed') return { text: `study ${study} is closed already: nothing was changed`, value: { study } };
  await confirm(`About to close study ${study} of ${participants} participants with ${entries} entries, for good.`);
  await closeStudy(session, deployment.ledger, study);
  return { text: `closed study ${study}`, value: { study } };
}

process.exitCode = await runCommand(close, process.argv.slice(2));
