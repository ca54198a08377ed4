import { openBundle } from '../audit/read-bundle.ts';
import { composeSuccessor, type Successor } from '../peer/compose-successor.ts';
import { studyOf } from '../protocol/manifest.ts';
import { accountList, required, usageError } from './command-line.ts';
import { type Command, EXIT_OK } from './run-command.ts';
import { writeNew } from './write-new.ts';

export const studyRollbackCommand: Command = {
  spec: {
    usage: 'consilium study rollback <bundle> --without <0x…>[,<0x…>…] --out <file> [options]',
    summary:
      'Writes the manifest of a study that goes on without the work of members that left: from the last checkpoint that nothing of it had\n' +
      'reached, with the rounds counted on and all other terms as they are. It follows from bundle and accounts alone, so that everybody\n' +
      "can make it and compare. An admin opens it like any study; each member makes its folder with 'peer continue'. With the engine\n" +
      '`wasm`, and all contributions in time, what comes out equals, bit for bit, the run that never had those members.',
    positionals: true,
    options: {
      without: { type: 'string', value: '<0x…>[,<0x…>…]', help: 'accounts whose work is to be taken back' },
      out: { type: 'string', value: '<file>', help: 'the manifest; no file is overwritten' },
      json: { type: 'boolean', help: 'print JSON' },
    },
    examples: ['consilium study rollback evidence.car --without 0x… --out successor.json'],
  },
  async run(values, positionals) {
    const [path] = positionals;
    if (path === undefined || positionals.length > 1) throw usageError('name one bundle; see --help');
    const without = accountList(values, 'without');
    const out = required(values, 'out');
    const bundle = await openBundle(path);
    try {
      const successor = await composeSuccessor(bundle, without);
      await writeNew(out, `${JSON.stringify(successor.manifest, null, 2)}\n`);
      const report = describe(successor);
      process.stdout.write(
        values.json === true ? `${JSON.stringify({ ...report, manifest: out })}\n` : plain(report, out),
      );
      return EXIT_OK;
    } finally {
      await bundle.close();
    }
  },
};

function describe({ manifest, taint, withoutBase }: Successor) {
  const others = taint.models.filter(({ member }) => !taint.accounts.includes(member));
  return {
    study: studyOf(manifest),
    continues: manifest.continues?.study,
    round: manifest.continues?.round ?? 0,
    without: taint.accounts,
    members: manifest.minimumMembers,
    withoutBase,
    modelsLeftBehind: new Set(others.map(({ digest }) => digest)).size,
    unreadRecipes: taint.unread.length,
  };
}

function plain(report: ReturnType<typeof describe>, out: string): string {
  const { study, round, members, withoutBase, modelsLeftBehind, unreadRecipes } = report;
  return [
    `study     ${study}`,
    `manifest  ${out}`,
    `goes on   from the bases of round ${round}, with ${members} members; ${modelsLeftBehind} models of others that the work had reached stay behind`,
    ...(unreadRecipes === 0
      ? []
      : [
          `notice    ${unreadRecipes} recipes are not in the bundle, and what came of them counts as reached; a fuller bundle may save rounds`,
        ]),
    ...withoutBase.map(
      (account) => `notice    ${account} signed nothing in round ${round}: it joins once the others have begun`,
    ),
    "next      an admin: scripts/open-study.ts --manifest; each member: 'consilium peer continue'",
    '',
  ].join('\n');
}
