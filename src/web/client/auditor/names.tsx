import type { Hex } from '../../../base/bytes.ts';
import type { AuditView, MemberRow } from '../../auditor/audit-view.ts';
import { seriesColour } from '../charts/series-style.ts';
import { shorten } from '../shell/format.ts';

/** A member as a sentence names it: by its name, or by its position, from 1. */
export function memberName({ members }: Pick<AuditView, 'members'>, account: string): string {
  const found = members.find(({ accounts }) => accounts.some((each) => each === account));
  return found === undefined ? shorten(account) : nameOf(found);
}

const nameOf = ({ name, position }: MemberRow): string => name ?? `Member ${position + 1}`;

/** A digest or an account, shortened; the whole is in its title, and is what is copied. */
export function HexText({ hex }: { hex: string }) {
  const [beginning = '', end] = shorten(hex).split('…');
  return (
    <span class="hex" title={hex}>
      {hex.slice(0, beginning.length)}
      {end === undefined ? null : (
        <>
          <span class="hex-rest" aria-hidden="true">
            {hex.slice(beginning.length, -end.length)}
          </span>
          {end}
        </>
      )}
    </span>
  );
}

/** A member with its colour and the beginning of its account. */
export function MemberLabel({ view, account }: { view: Pick<AuditView, 'members'>; account: Hex }) {
  const member = view.members.find(({ accounts }) => accounts.includes(account));
  return (
    <span class="member-label" title={account}>
      {member === undefined ? null : (
        <>
          <svg class={`chip ${seriesColour(member.position)}`} viewBox="0 0 12 12" aria-hidden="true">
            <circle class="mark" cx="6" cy="6" r="4.5" />
          </svg>
          <bdi>{nameOf(member)}</bdi>{' '}
        </>
      )}
      <HexText hex={account} />
    </span>
  );
}
