import { WHY_RANKS_DIFFER } from '../../../audit/why-ranks-differ.ts';
import type { AuditView, MemberRow } from '../../auditor/audit-view.ts';
import { decimal, milliNats, percent, whole } from '../shell/format.ts';
import { Section } from '../shell/frame.tsx';
import { HexText, MemberLabel } from './names.tsx';
import { linkToEntries } from './place.ts';
import { Verdict } from './verdict.tsx';

/** A study at a glance. */
export function OverviewPage({ view }: { view: AuditView }) {
  return (
    <>
      <Verdict view={view} />
      <Section id="members" title="Members" note={MEMBERS_NOTE}>
        <MembersTable view={view} />
      </Section>
      <Section id="terms" title="Terms">
        <Terms view={view} />
      </Section>
    </>
  );
}

const MEMBERS_NOTE = `Score: sum over the rounds of the medians of what at least three others revealed, in thousandths of a nat. Rank: with the range that the evaluators leave open. ${WHY_RANKS_DIFFER} Traced: the score followed through all mixes to the final models. Agreement: how a member’s scores of others go with theirs, −1 to 1.`;

function MembersTable({ view }: { view: AuditView }) {
  const figures = new Map(
    view.metrics.filter(({ part, by }) => part === 'heldOut' && by === null).map((row) => [row.member, row]),
  );
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Members">
      <table>
        <thead>
          <tr>
            <th scope="col">Member</th>
            <th scope="col">Training records</th>
            <th scope="col">Contributions</th>
            <th scope="col">Late</th>
            <th scope="col">Score (mnat)</th>
            <th scope="col">Rank</th>
            <th scope="col">Traced (mnat)</th>
            <th scope="col">Agreement</th>
            <th scope="col">ε spent</th>
            <th scope="col">Last own accuracy</th>
            <th scope="col" class="text">
              Final model
            </th>
          </tr>
        </thead>
        <tbody>
          {view.members.map((member) => (
            <tr key={member.account}>
              <th scope="row">
                <a href={linkToEntries(view.study, { text: member.account })}>
                  <MemberLabel view={view} account={member.account} />
                </a>
              </th>
              <td>{whole(member.samples)}</td>
              <td>{contributions(member)}</td>
              <td>{whole(countParts(member, ['late']))}</td>
              <td>{milliNats(member.scoreMicros)}</td>
              <td>{rankText(member)}</td>
              <td>{milliNats(member.tracedMicros)}</td>
              <td>{decimal(member.agreement, 2)}</td>
              <td>{member.epsilonMicros === 0 ? 'none' : decimal(member.epsilonMicros / 1e6, 2)}</td>
              <td>{percent(figures.get(member.account)?.accuracy)}</td>
              <td class="text">
                {member.finalModel === null ? (
                  <span class="soft">not closed</span>
                ) : (
                  <HexText hex={member.finalModel} />
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const countParts = ({ parts }: MemberRow, wanted: readonly string[]): number =>
  parts.filter(({ part }) => wanted.includes(part)).length;

function contributions(member: MemberRow): string {
  const expected = countParts(member, ['contributed', 'late', 'missed']);
  return `${countParts(member, ['contributed', 'late'])} of ${expected}`;
}

function rankText({ rank }: MemberRow): string {
  if (rank === null) return '–';
  return rank.best === rank.worst ? String(rank.rank) : `${rank.rank} (${rank.best}–${rank.worst})`;
}

function Terms({ view }: { view: AuditView }) {
  const { manifest } = view;
  const facts: [string, string][] = [
    ['Study', view.study],
    ['Contract', view.contract],
    ['Chain', String(view.chainId)],
    ['Rounds', whole(view.rounds)],
    ['Head of the log', view.head ?? '–'],
  ];
  if (manifest !== null) {
    facts.push(
      ['Segments', whole(manifest.segments)],
      ['Pulled from', `${manifest.pulls} others`],
      ['Mixing rule', manifest.aggregation.rule],
      ['Codec', manifest.codec.name],
      ['Quorum', percent(manifest.waiting.quorum, 0)],
      ['Valuation', `${manifest.valuation.method}, credit for ${manifest.valuation.credit}`],
      ['Privacy', manifest.privacy.unit === 'none' ? 'no noise' : `noise for each ${manifest.privacy.unit}`],
    );
  }
  return (
    <dl class="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd class={value.startsWith('0x') ? 'hex' : ''}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
