import type { MemberRow, MemberView } from '../../../peer/member-view.ts';
import { decimal, duration, shorten } from '../shell/format.ts';
import { Section } from '../shell/frame.tsx';
import { Empty } from '../shell/states.tsx';
import { nameOf } from './names.ts';

/** Everybody who takes part, and how far each is. */
export function MembersSection({ view: { members, status } }: { view: MemberView }) {
  return (
    <Section
      id="members"
      title="Members"
      note="What this peer has heard from each member, and what the ledger has of it. A member that lags behind is not lost: its work is mixed late."
    >
      {members.length === 0 ? (
        <Empty>Nobody has joined yet.</Empty>
      ) : (
        <div class="scroll" tabIndex={0} role="region" aria-label="Members, table">
          <table>
            <thead>
              <tr>
                <th scope="col">Member</th>
                <th scope="col" class="text">
                  State
                </th>
                <th scope="col">Round heard</th>
                <th scope="col">Round on the ledger</th>
                <th scope="col">Value so far (nats)</th>
                <th scope="col" class="text">
                  Account
                </th>
              </tr>
            </thead>
            <tbody>
              {members.map((member) => (
                <Row key={member.position} member={member} rounds={status.rounds} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Section>
  );
}

function Row({ member, rounds }: { member: MemberRow; rounds: number }) {
  const { account, heardRound, ledgerRound, totalMicros } = member;
  return (
    <tr>
      <th scope="row">
        <bdi>{nameOf(member)}</bdi>
      </th>
      <td class="text">
        <State member={member} />
      </td>
      <td>{roundText(heardRound, rounds)}</td>
      <td>{roundText(ledgerRound, rounds)}</td>
      <td>{totalMicros === null ? '–' : decimal(totalMicros / 1e6, 4)}</td>
      <td class="text">
        <span class="hex" title={account}>
          {shorten(account)}
        </span>
      </td>
    </tr>
  );
}

/** The record after the last round closes the study. */
const roundText = (round: number | null, rounds: number): string =>
  round === null ? '–' : round >= rounds ? 'closed' : String(round);

function State({ member: { connection, bannedSeconds, endRound } }: { member: MemberRow }) {
  if (endRound !== null) return <span class="badge">took part before round {endRound}</span>;
  switch (connection) {
    case 'self':
      return <span class="badge good">this peer</span>;
    case 'connected':
      return <span class="badge good">connected</span>;
    case 'banned':
      return <span class="badge bad">cut off for {duration(bannedSeconds)}</span>;
    case 'closed':
      return <span class="badge">has finished</span>;
    case 'missing':
    case 'gone':
      return <span class="badge warn">not connected</span>;
  }
}
