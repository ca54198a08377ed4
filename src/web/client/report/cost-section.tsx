import type { RunView } from '../../report/run-view.ts';
import { BarChart } from '../charts/bar-chart.tsx';
import { seriesColour } from '../charts/series-style.ts';
import { bytes, whole } from '../shell/format.ts';
import { Section } from '../shell/frame.tsx';

/** Gas on the ledger, bytes on the wire. */
export function CostSection({ run: { gas, members } }: { run: RunView }) {
  const kinds = [...Map.groupBy(gas, ({ kind }) => kind)]
    .map(([kind, rows]) => ({ kind, count: rows.length, total: rows.reduce((sum, { gasUsed }) => sum + gasUsed, 0) }))
    .toSorted((a, b) => b.total - a.total || (a.kind < b.kind ? -1 : 1));
  return (
    <Section
      id="cost"
      title="What it cost"
      note="Gas is what a chain charges for: computing and storage, whatever the price of the day. Bytes: models, records and signatures; examples do not travel."
    >
      <div class="columns">
        <BarChart
          title="Gas by kind of record"
          description="Total of all transactions of a kind."
          bars={kinds.map(({ kind, total }) => ({ name: kind, value: total, text: whole(total), className: 'accent' }))}
          table={{
            head: ['Kind', 'Transactions', 'Mean', 'Total'],
            rows: kinds.map(({ kind, count, total }) => [kind, whole(count), whole(total / count), whole(total)]),
          }}
        />
        <BarChart
          title="Bytes received and sent by member"
          description="Over the whole run, received and sent together."
          bars={members.map(({ name, position, bytesIn, bytesOut }) => ({
            name,
            value: bytesIn + bytesOut,
            text: bytes(bytesIn + bytesOut),
            className: seriesColour(position),
          }))}
          table={{
            head: ['Member', 'Received', 'Sent'],
            rows: members.map(({ name, bytesIn, bytesOut }) => [name, bytes(bytesIn), bytes(bytesOut)]),
          }}
        />
      </div>
    </Section>
  );
}
