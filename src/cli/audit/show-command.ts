import { AuditError } from '../../audit/audit-error.ts';
import type { AuditSubject } from '../../audit/audit-subject.ts';
import { openSubject } from '../../audit/open-subject.ts';
import { showRecord } from '../../audit/show-record.ts';
import { showMembers, showRound, showStudy } from '../../audit/show-study.ts';
import { type Command, EXIT_FINDINGS, EXIT_OK } from '../run-command.ts';
import { CHAIN_OPTIONS } from './chain-options.ts';
import { describeFindings } from './describe-findings.ts';
import { describeRecord } from './describe-record.ts';
import { describeMember, describeRound, describeStudy } from './describe-shown.ts';
import { describeSource } from './describe-source.ts';
import { readSelection, SELECTION_OPTIONS, type Selection } from './selection.ts';
import { withBundle } from './with-bundle.ts';

export const auditShowCommand: Command = {
  spec: {
    usage: 'consilium audit show <bundle> [options]',
    summary:
      'Shows the study; with --round what each member did in it; with --member its part in the study; with both the record of that round:\n' +
      'signature, place in the log, what it was trained from with sources and weights, metrics, and the scores given and received.\n' +
      "Nothing is verified but the log's heads and the signature shown: 'consilium audit verify' does that.",
    positionals: true,
    options: { ...SELECTION_OPTIONS, ...CHAIN_OPTIONS, json: { type: 'boolean', help: 'print it as JSON, complete' } },
    examples: ['consilium audit show evidence.car', 'consilium audit show evidence.car --member 0x5cbd --round 3'],
  },
  run: (values, positionals) =>
    withBundle({ values, positionals }, async ({ bundle, ledger }) => {
      const { source, subject, findings } = await openSubject(bundle, ledger);
      const shown = await show(subject, readSelection(values, subject.log));
      process.stdout.write(
        values.json === true
          ? `${JSON.stringify({ ...source, ...shown.json, findings })}\n`
          : [describeSource(source), '', shown.text, '', describeFindings(findings, []), ''].join('\n'),
      );
      return findings.length === 0 ? EXIT_OK : EXIT_FINDINGS;
    }),
};

async function show(subject: AuditSubject, { member, round }: Selection): Promise<{ json: object; text: string }> {
  if (member !== null && round !== null) {
    const record = await showRecord(subject, member.accounts, round);
    if (record === null) throw nothing(`${member.account} has no record of round ${round}`);
    return { json: { record }, text: describeRecord(record) };
  }
  if (member !== null) {
    const found = showMembers(subject).filter(({ participant }) => participant.position === member.position);
    return { json: { member: found[0] }, text: found.map(describeMember).join('\n') };
  }
  if (round !== null) {
    const members = showRound(subject, round);
    if (members.length === 0) throw nothing(`the study has no training round ${round}`);
    return { json: { round, members }, text: describeRound(members, round) };
  }
  const study = showStudy(subject);
  return { json: study, text: describeStudy(study) };
}

const nothing = (message: string): AuditError =>
  new AuditError('audit/no-such-record', `${message}; 'consilium audit list' shows what there is`);
