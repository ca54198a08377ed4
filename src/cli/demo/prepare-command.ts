import { type Command, EXIT_OK } from '../run-command.ts';
import { DEMO_SPEC, readDemoOptions } from './demo-options.ts';
import { prepareRun } from './prepare-run.ts';

/** What only matters to a study that the demo runs itself. */
const OF_THE_RUN = ['tamper', 'kill', 'chain-outage', 'serve'];

/** What a study by hand begins with: a manifest, and data for each member. */
export const prepareCommand: Command = {
  spec: {
    usage: 'consilium demo prepare --out <folder> [options]',
    summary:
      'Writes what a study by hand begins with: manifest.json, and in peers/<n>/ the manifest and data sets of each member. Nothing is\n' +
      'started. The options are those of the demo.',
    options: Object.fromEntries(Object.entries(DEMO_SPEC.options).filter(([name]) => !OF_THE_RUN.includes(name))),
    examples: ['consilium demo prepare --peers 3 --rounds 3 --out study'],
  },
  async run(values) {
    const options = readDemoOptions(values);
    const { folder, study, data } = await prepareRun(options);
    const members = data.members.map((_, i) => folder.peer(i + 1));
    const plain = [`study    ${study}`, `manifest ${folder.manifest}`, ...members.map((path) => `member   ${path}`)];
    process.stdout.write(
      `${options.json ? JSON.stringify({ study, manifest: folder.manifest, members }) : plain.join('\n')}\n`,
    );
    return EXIT_OK;
  },
};
