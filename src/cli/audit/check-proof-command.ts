import { readFile, stat } from 'node:fs/promises';
import { checkProof } from '../../audit/check-proof.ts';
import type { ProofVerdict, SegmentClaim } from '../../audit/check-segment-proof.ts';
import { MAXIMUM_PROOF_BYTES } from '../../audit/segment-proof.ts';
import type { Hex } from '../../base/bytes.ts';
import { messageOf } from '../../base/errors.ts';
import { isAddress, type OptionValues, usageError } from '../command-line.ts';
import { type Command, EXIT_FINDINGS, EXIT_OK } from '../run-command.ts';
import { CHAIN_OPTIONS, connectIfAsked } from './chain-options.ts';

export const auditCheckProofCommand: Command = {
  spec: {
    usage: 'consilium audit check-proof <proof> [--rpc <url> --contract <address> | --members <accounts>]',
    summary:
      "Checks what 'consilium audit prove' wrote, without a model and without a bundle: that the segment belongs to the member's update, that\n" +
      'the member signed it for this ledger, and that it is an entry of the log: with --rpc by asking the ledger, else by the signatures of\n' +
      'members under a later head. Without --members it is for you to know whose accounts those are. Exit code 0 if it holds, 3 if not.',
    positionals: true,
    options: {
      ...CHAIN_OPTIONS,
      rpc: { ...CHAIN_OPTIONS.rpc, help: 'JSON-RPC address of a node' },
      members: {
        type: 'string',
        value: '<accounts>',
        help: "the study's members, with commas between; two thirds of them must have signed",
      },
      json: { type: 'boolean', help: 'print the verdict as JSON' },
    },
    examples: [
      'consilium audit check-proof proof.json --rpc http://127.0.0.1:8545 --contract 0x…',
      'consilium audit check-proof proof.json --members 0x…,0x…,0x…',
    ],
  },
  async run(values, positionals) {
    const [path, ...others] = positionals;
    if (path === undefined || others.length > 0) throw usageError('name one proof; see --help');
    const members = membersOf(values);
    if (members !== null && values.rpc !== undefined)
      throw usageError('give --rpc or --members: the ledger knows the members');
    const verdict = await check(await readProof(path), members, values);
    const asked = values.rpc !== undefined;
    process.stdout.write(values.json === true ? `${JSON.stringify(verdict)}\n` : describe(verdict, members, asked));
    return verdict.ok ? EXIT_OK : EXIT_FINDINGS;
  },
};

async function check(file: Uint8Array, members: readonly Hex[] | null, values: OptionValues): Promise<ProofVerdict> {
  const ledger = await connectIfAsked(values);
  try {
    return await checkProof(file, { ledger, members });
  } finally {
    ledger?.close();
  }
}

function membersOf({ members }: OptionValues): readonly Hex[] | null {
  if (typeof members !== 'string') return null;
  const accounts = members.toLowerCase().split(',');
  const bad = accounts.find((account) => !isAddress(account));
  if (bad === undefined) return accounts as Hex[];
  throw usageError(`--members ${bad}: give addresses, 0x and 40 hexadecimal digits, with commas between`);
}

async function readProof(path: string): Promise<Uint8Array> {
  try {
    const found = await stat(path);
    if (!found.isFile()) throw new Error('not a regular file');
    if (found.size > MAXIMUM_PROOF_BYTES)
      throw new Error(`${found.size} bytes; at most ${MAXIMUM_PROOF_BYTES} are read`);
    return await readFile(path);
  } catch (cause) {
    throw usageError(`${path}: ${messageOf(cause)}; give what 'consilium audit prove' wrote`, cause);
  }
}

function describe(verdict: ProofVerdict, members: readonly Hex[] | null, asked: boolean): string {
  if (!verdict.ok) return `REFUSED ${verdict.code}: ${verdict.reason}\n`;
  const { claim } = verdict;
  return [
    `study     ${claim.study} (${claim.title})`,
    `segment   ${claim.segment} of ${claim.segments}, SHA-256 ${claim.digest}`,
    `signed    by ${claim.member}, round ${claim.round}`,
    `entry     ${claim.sequence} of the log of ${claim.domain.contract} on chain ${claim.domain.chainId}`,
    ...anchorLines(claim, members, asked),
    '',
  ].join('\n');
}

function anchorLines({ cosigned }: SegmentClaim, members: readonly Hex[] | null, asked: boolean): string[] {
  if (asked) return ['anchored  the ledger has it there'];
  const whose =
    members === null
      ? 'without --rpc or --members, as good as these accounts are known to you'
      : 'of the members that you named';
  return [
    `anchored  by ${cosigned.length} accounts that signed a later head; ${whose}:`,
    ...cosigned.map(({ member, count }) => `          ${member} after entry ${count - 1}`),
  ];
}
