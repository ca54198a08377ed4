import { writeFile } from 'node:fs/promises';
import type { Evidence } from '../../audit/evidence.ts';
import { proveSegment } from '../../audit/prove-segment.ts';
import type { Hex } from '../../base/bytes.ts';
import { messageOf } from '../../base/errors.ts';
import { type OptionValues, required, usageError, wholeNumber } from '../command-line.ts';
import { type Command, EXIT_OK } from '../run-command.ts';
import { readSelection, SELECTION_OPTIONS } from './selection.ts';
import { withBundle } from './with-bundle.ts';

export const auditProveCommand: Command = {
  spec: {
    usage: 'consilium audit prove <bundle> --member <account> --round <n> --segment <n> --out <file> [options]',
    summary:
      "Writes a small file that shows a third party that a segment belongs to a member's contribution, that the member signed it, and\n" +
      'where it is in the log: the signed record, the hashes from the segment to it, and the way to a head that members signed.\n' +
      "'consilium audit check-proof' checks it, without the bundle and the model.",
    positionals: true,
    options: {
      member: SELECTION_OPTIONS.member,
      round: { type: 'string', value: '<n>', help: 'the round of the contribution, from 0' },
      segment: { type: 'string', value: '<n>', help: 'the segment of its update, from 0' },
      out: { type: 'string', value: '<file>', help: 'a new file for the proof' },
      json: { type: 'boolean', help: 'print JSON' },
    },
    examples: ['consilium audit prove evidence.car --member 0x5cbd --round 3 --segment 5 --out proof.json'],
  },
  async run(values, positionals) {
    const out = required(values, 'out');
    required(values, 'member');
    const round = wholeNumber({ round: required(values, 'round') }, 'round', { min: 0, max: 0xffff_ffff });
    const segment = wholeNumber({ segment: required(values, 'segment') }, 'segment', { min: 0, max: 0xffff });
    const { place, proof } = await withBundle({ values, positionals }, async ({ bundle }) => {
      const member = signerOf(values, bundle.evidence);
      return { place: { member, round, segment }, proof: proveSegment(bundle, { member, round, segment }) };
    });
    await writeFile(out, proof, { flag: 'wx' }).catch((cause) => {
      throw usageError(`--out ${out}: ${messageOf(cause)}; name a new file`, cause);
    });
    const bytes = Buffer.byteLength(proof);
    process.stdout.write(
      values.json === true ? `${JSON.stringify({ ...place, out, bytes })}\n` : `${bytes} bytes in ${out}\n`,
    );
    return EXIT_OK;
  },
};

/** The account with which the selected member signed its contribution to the round: its key may have been replaced since. */
function signerOf(values: OptionValues, { log, announcements }: Evidence): Hex {
  const { member, round } = readSelection(values, log);
  const accounts = member?.accounts ?? [];
  const signed = announcements.find(({ record }) => record.round === round && accounts.includes(record.member));
  return signed?.record.member ?? member?.account ?? '0x';
}
