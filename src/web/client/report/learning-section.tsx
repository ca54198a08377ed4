import type { MetricsRow } from '../../../audit/metrics-table.ts';
import type { AuditView } from '../../auditor/audit-view.ts';
import type { RunView } from '../../report/run-view.ts';
import { LineChart, type LineSeries } from '../charts/line-chart.tsx';
import { percent } from '../shell/format.ts';
import { Section } from '../shell/frame.tsx';
import { meanOf } from './mean-of.ts';

/** How accuracy and loss went from round to round, beside training alone and all data in one place. */
export function LearningSection({ run, view }: { run: RunView; view: AuditView }) {
  const part = view.metrics.some((row) => row.part === 'common') ? 'common' : 'heldOut';
  const rows = view.metrics.filter((row) => row.part === part && row.by === null);
  const seriesOf = (value: (row: MetricsRow) => number | null): LineSeries[] =>
    run.members.map(({ account, name }, position) => {
      const accounts = view.members.find((member) => member.account === account)?.accounts ?? [];
      const points = rows
        .filter((row) => accounts.includes(row.member))
        .map((row) => ({ x: row.round, y: value(row) }));
      return { name, position, points };
    });
  const level = (name: string, position: number, y: number | null): LineSeries[] =>
    y === null
      ? []
      : [
          {
            name: `${name}, ${percent(y)}`,
            position,
            isReference: true,
            points: [0, view.rounds].map((x) => ({ x, y })),
          },
        ];
  const references =
    part === 'common'
      ? [
          ...level(
            'mean of training alone',
            1,
            meanOf(run.members, ({ accuracyAlone }) => accuracyAlone),
          ),
          ...level('all data in one place', 0, run.accuracyPooled),
        ]
      : [];
  const note = `Each member’s model on ${part === 'common' ? 'the common test part, the same examples for all' : 'its own held-out part'}. At 0 all have the initial model; at n they have what came out of n rounds.`;
  return (
    <Section id="learning" title="How the models learned" note={note}>
      <div class="columns">
        {rows.every(({ accuracy }) => accuracy === null) ? null : (
          <LineChart
            title="Accuracy by round"
            description="Share of examples that the model gets right: higher is better. The axis need not begin at zero."
            xTitle="rounds mixed"
            format={(value) => percent(value, 0)}
            within={[0, 1]}
            series={[...seriesOf(({ accuracy }) => accuracy), ...references]}
          />
        )}
        <LineChart
          title="Loss by round (nats)"
          description="Mean loss on the same examples: lower is better."
          xTitle="rounds mixed"
          format={(value) => value.toFixed(2)}
          within={[0, Number.POSITIVE_INFINITY]}
          series={seriesOf(({ loss }) => loss)}
        />
      </div>
    </Section>
  );
}
