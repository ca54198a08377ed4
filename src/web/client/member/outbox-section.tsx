import type { MemberView, OutboxRow } from '../../../peer/member-view.ts';
import { counted, duration, whole } from '../shell/format.ts';
import { Section } from '../shell/frame.tsx';
import { Empty } from '../shell/states.tsx';

const TONES: Readonly<Record<OutboxRow['state'], string>> = { pending: 'warn', anchored: 'good', refused: 'bad' };

/** This member's records on their way to the ledger. */
export function OutboxSection({ view: { outbox, status } }: { view: MemberView }) {
  const { secondsSinceContact, entries } = status.ledger;
  const heard = secondsSinceContact === null ? 'has not answered yet' : `answered ${duration(secondsSinceContact)} ago`;
  return (
    <Section
      id="outbox"
      title="Records and the ledger"
      note={`Waiting: ${whole(outbox.pending)}; anchored: ${whole(outbox.anchored)}; refused: ${whole(outbox.refused)}. The chain ${heard}; the study's log has ${counted(entries, 'entry', 'entries')}. Training never waits for it.`}
    >
      {outbox.items.length === 0 ? (
        <Empty>This member has not signed a record yet.</Empty>
      ) : (
        <div class="scroll tall" tabIndex={0} role="region" aria-label="Own records, table">
          <table>
            <thead>
              <tr>
                <th scope="col">Record</th>
                <th scope="col">Round</th>
                <th scope="col" class="text">
                  State
                </th>
                <th scope="col">Entry</th>
              </tr>
            </thead>
            <tbody>
              {outbox.items.map((item) => (
                <Item key={`${item.kind}/${item.round}`} item={item} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Section>
  );
}

function Item({ item: { kind, round, state, sequence, reason } }: { item: OutboxRow }) {
  return (
    <tr>
      <th scope="row">{kind}</th>
      <td>{round}</td>
      <td class="text">
        <span class={`badge ${TONES[state]}`}>{state}</span>
        {reason === null ? null : <div class="reason">{reason}</div>}
      </td>
      <td>{sequence ?? '–'}</td>
    </tr>
  );
}
