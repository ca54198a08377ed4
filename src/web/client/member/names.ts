import type { MemberRow, MemberView } from '../../../peer/member-view.ts';

/** What a member is called: by its name where this member gave it one, else by its position. */
export const nameOf = ({ name, position }: MemberRow): string => name ?? `Member ${position + 1}`;

export const ownRow = ({ members }: Pick<MemberView, 'members'>): MemberRow | undefined =>
  members.find(({ connection }) => connection === 'self');

/** What the peer is at, in a sentence. */
export function describePhase({ status, round }: MemberView): string {
  const waiting = `waiting for the others: ${round.announced.here} of ${round.announced.of} have announced`;
  const texts: Readonly<Record<typeof status.phase, string>> = {
    starting: 'starting',
    joining: `joining; the study begins once enough members have joined (${status.participants ?? 0} so far)`,
    training: 'training on own data',
    waiting,
    pulling: "pulling the others' contributions",
    mixing: 'mixing the contributions into a model',
    valuing: "valuing the others' contributions",
    finishing: 'all rounds are done; waiting until everything is on the ledger',
    finished: 'all that this member had to say is on the ledger',
  };
  return texts[status.phase];
}
