import { required } from '../src/cli/command-line.ts';
import { type Command, EXIT_OK, runCommand } from '../src/cli/run-command.ts';
import { administer } from '../src/ledger/admin.ts';
import { parseManifest, studyOf } from '../src/protocol/manifest.ts';
import { ADMIN_OPTIONS, adminKey, readDeployment, readText } from './admin-options.ts';

const openStudy: Command = {
  spec: {
    usage:
      'node scripts/open-study.ts --manifest <file> --rpc <url> --keystore <file> --password-file <file> --deployment <file> [options]',
    summary:
      "Opens a study on the ledger: its name there is the manifest's digest, so the manifest cannot change any more.",
    options: {
      ...ADMIN_OPTIONS,
      deployment: { type: 'string', value: '<file>', help: "the deployment file that 'deploy' wrote" },
      manifest: { type: 'string', value: '<file>', help: "the study's manifest" },
    },
  },
  async run(values) {
    const path = required(values, 'manifest');
    const manifest = parseManifest(await readText(path), path);
    const study = studyOf(manifest);
    const deployment = await readDeployment(required(values, 'deployment'));
    const administration = await administer(required(values, 'rpc'), await adminKey(values));
    try {
      const { rounds, maximumMembers, epsilonBudgetMicros, deltaBudgetPicos, staleness } = manifest;
      const terms = {
        rounds,
        maximumMembers,
        stalenessBound: staleness.boundRounds,
        epsilonBudgetMicros,
        deltaBudgetPicos,
      };
      await administration.openStudy(deployment.ledger, { study, ...terms });
      process.stdout.write(`${values.json === true ? JSON.stringify({ study }) : `opened study ${study}`}\n`);
    } finally {
      administration.close();
    }
    return EXIT_OK;
  },
};

process.exitCode = await runCommand(openStudy, process.argv.slice(2));
