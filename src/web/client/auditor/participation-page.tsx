import type { RoundPart, RoundState } from '../../../protocol/participation.ts';
import type { AuditView } from '../../auditor/audit-view.ts';
import { Section } from '../shell/frame.tsx';
import { Empty } from '../shell/states.tsx';
import { MemberLabel, memberName } from './names.tsx';
import { linkTo } from './place.ts';

/** Each state has a word, a sign and a colour; the sign alone tells them apart. */
const STATES: Readonly<Record<RoundPart, { readonly sign: string; readonly word: string; readonly tone: string }>> = {
  contributed: { sign: '●', word: 'contributed', tone: 'good' },
  late: { sign: '◐', word: 'late', tone: 'warn' },
  missed: { sign: '✕', word: 'missed', tone: 'bad' },
  notJoined: { sign: '·', word: 'not joined yet', tone: '' },
  withdrawn: { sign: '–', word: 'withdrawn', tone: '' },
  excluded: { sign: '⊘', word: 'excluded', tone: '' },
};

/** Who was expected, and what became of it, member by round. */
export function ParticipationPage({ view }: { view: AuditView }) {
  const rounds = Array.from({ length: view.rounds }, (_, round) => round);
  const note = view.hasBundle
    ? 'By the log alone. Late: recorded after a quorum of the others had recorded a later round.'
    : 'By the log alone; who was late takes the manifest, which is in a bundle.';
  return (
    <Section id="participation" title="Participation" note={note}>
      {view.members.length === 0 ? (
        <Empty>Nobody has joined yet.</Empty>
      ) : (
        <>
          <p class="legend">
            {Object.values(STATES).map(({ sign, word, tone }) => (
              <span key={word}>
                <span class={`cell ${tone}`}>{sign}</span> {word}
              </span>
            ))}
          </p>
          <div class="scroll" tabIndex={0} role="region" aria-label="Participation by member and round">
            <table class="grid">
              <thead>
                <tr>
                  <th scope="col">Member</th>
                  {rounds.map((round) => (
                    <th key={round} scope="col">
                      {round}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {view.members.map((member) => (
                  <tr key={member.account}>
                    <th scope="row">
                      <MemberLabel view={view} account={member.account} />
                    </th>
                    {rounds.map((round) => (
                      <td key={round}>
                        <Cell view={view} state={member.parts[round]} round={round} />
                      </td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </>
      )}
    </Section>
  );
}

function Cell({ view, state, round }: { view: AuditView; state: RoundState | undefined; round: number }) {
  if (state === undefined) return null;
  const { sign, word, tone } = STATES[state.part];
  const entry = state.entry === null ? '' : `, entry ${state.entry} of the log`;
  const label = `${memberName(view, state.account)}, round ${round}: ${word}${entry}`;
  const hasPage = view.hasBundle && (state.part === 'contributed' || state.part === 'late');
  const className = `cell ${tone}`;
  if (!hasPage) {
    return (
      <span class={className} role="img" aria-label={label} title={label}>
        {sign}
      </span>
    );
  }
  const address = linkTo({ page: 'contribution', study: view.study, account: state.account, round });
  return (
    <a class={className} href={address} aria-label={label} title={label}>
      {sign}
    </a>
  );
}
