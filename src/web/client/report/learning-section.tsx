import type { AuditView } from '../../auditor/audit-view.ts';
import type { RunView } from '../../report/run-view.ts';
import { mergeEqual, metricSeries } from '../auditor/metric-series.ts';
import { memberName } from '../auditor/names.tsx';
import { LineChart, type LineSeries } from '../charts/line-chart.tsx';
import { decimal, percent } from '../shell/format.ts';
import { Section } from '../shell/frame.tsx';
import { meanOf } from './mean-of.ts';

/** How accuracy and loss went from round to round, beside training alone and all data in one place. */
export function LearningSection({ run, view }: { run: RunView; view: AuditView }) {
  const part = view.metrics.some((row) => row.part === 'common') ? 'common' : 'heldOut';
  const rows = view.metrics.filter((row) => row.part === part && row.by === null);
  const seriesOf = (measure: 'accuracy' | 'loss') =>
    metricSeries(view.members, rows, measure, ({ account }) => memberName(view, account));
  const [accuracy, loss] = [seriesOf('accuracy'), seriesOf('loss')];
  const references = part === 'common' ? referencesOf(run, view.rounds) : [];
  const note = `Each member’s model on ${part === 'common' ? 'the common test part, the same examples for all' : 'its own held-out part, other examples for each'}. At 0 all have the initial model; at n they have what came out of n rounds.`;
  return (
    <Section id="learning" title="How the models learned" note={note}>
      <div class="columns">
        {rows.every((row) => row.accuracy === null) ? null : (
          <LineChart
            title="Accuracy by round"
            description="Share of examples that the model gets right: higher is better. The axis need not begin at zero."
            xTitle="rounds mixed"
            format={percent}
            within={[0, 1]}
            series={[...mergeEqual(accuracy), ...references]}
          />
        )}
        <LineChart
          title="Loss by round (nats)"
          description="Mean loss on the same examples: lower is better."
          xTitle="rounds mixed"
          format={decimal}
          within={[0, Number.POSITIVE_INFINITY]}
          series={mergeEqual(loss)}
        />
      </div>
    </Section>
  );
}

/** Levels that do not depend on the round. */
function referencesOf({ members, accuracyPooled }: RunView, rounds: number): LineSeries[] {
  const alone = meanOf(members, ({ accuracyAlone }) => accuracyAlone);
  const levels = [
    { name: 'mean of training alone', position: 1, y: alone },
    { name: 'all data in one place', position: 0, y: accuracyPooled },
  ];
  return levels.flatMap(({ name, position, y }) =>
    y === null
      ? []
      : [{ name: `${name}, ${percent(y)}`, position, isReference: true, points: [0, rounds].map((x) => ({ x, y })) }],
  );
}
