import { useState } from 'preact/hooks';
import type { MetricsRow } from '../../../audit/metrics-table.ts';
import type { AuditView } from '../../auditor/audit-view.ts';
import { LineChart } from '../charts/line-chart.tsx';
import { decimal, percent, whole } from '../shell/format.ts';
import { Section } from '../shell/frame.tsx';
import { Empty } from '../shell/states.tsx';
import { mergeEqual, metricSeries } from './metric-series.ts';
import { MemberLabel, memberName } from './names.tsx';

/** What sites signed of their models, round by round. */
export function MetricsPage({ view }: { view: AuditView }) {
  if (view.metrics.length === 0) {
    const why = view.hasBundle
      ? 'No contribution with metrics is in the bundle.'
      : 'Metrics are in the evidence bundle; the ledger has their digests only.';
    return (
      <Section id="metrics" title="Metrics">
        <Empty>{why}</Empty>
      </Section>
    );
  }
  const hasCommon = view.metrics.some(({ part }) => part === 'common');
  return (
    <>
      <Section id="held-out" title="On each site’s own held-out part">
        <Curves view={view} part="heldOut" />
      </Section>
      {hasCommon ? (
        <Section id="common" title="On the test part that all share">
          <Curves view={view} part="common" />
        </Section>
      ) : null}
      <Section
        id="sites"
        title="Site by site"
        note="As signed. Calibration error: mean distance of stated confidence from what came true; groups of fewer than ten records are not told."
      >
        <RoundTable view={view} />
      </Section>
    </>
  );
}

function Curves({ view, part }: { view: AuditView; part: MetricsRow['part'] }) {
  const rows = view.metrics.filter((row) => row.part === part && row.by === null);
  const seriesOf = (measure: 'accuracy' | 'loss') => {
    const series = metricSeries(view.members, rows, measure, ({ account }) => memberName(view, account));
    return part === 'common' ? mergeEqual(series) : series;
  };
  return (
    <div class="columns">
      {rows.some(({ accuracy }) => accuracy !== null) ? (
        <LineChart
          title="Accuracy"
          description="Accuracy of the base that each member's round began with, by round; the last is its final model."
          xTitle="rounds mixed"
          format={percent}
          within={[0, 1]}
          series={seriesOf('accuracy')}
        />
      ) : null}
      <LineChart
        title="Loss (nats)"
        description="Loss of the base that each member's round began with, by round; the last is its final model."
        xTitle="rounds mixed"
        format={decimal}
        within={[0, Number.POSITIVE_INFINITY]}
        series={seriesOf('loss')}
      />
    </div>
  );
}

function RoundTable({ view }: { view: AuditView }) {
  const rounds = [...new Set(view.metrics.map(({ round }) => round))];
  const [round, setRound] = useState(rounds.at(-1) ?? 0);
  return (
    <>
      <label class="inline">
        Round{' '}
        <select value={round} onChange={({ currentTarget }) => setRound(Number(currentTarget.value))}>
          {rounds.map((each) => (
            <option key={each} value={each}>
              {each}
            </option>
          ))}
        </select>
      </label>
      <div class="scroll" tabIndex={0} role="region" aria-label={`Metrics of round ${round}`}>
        <table>
          <thead>
            <tr>
              <th scope="col">Member</th>
              <th scope="col" class="text">
                Part
              </th>
              <th scope="col" class="text">
                Group
              </th>
              <th scope="col">Records</th>
              <th scope="col">Loss</th>
              <th scope="col">Accuracy</th>
              <th scope="col">AUC</th>
              <th scope="col">Calibration error</th>
              <th scope="col">Brier score</th>
            </tr>
          </thead>
          <tbody>
            {view.metrics
              .filter((row) => row.round === round)
              .map((row) => (
                <tr key={`${row.member} ${row.part} ${row.by} ${row.group}`}>
                  <th scope="row">
                    <MemberLabel view={view} account={row.member} />
                  </th>
                  <td class="text">{row.part === 'heldOut' ? 'own held-out' : 'common'}</td>
                  <td class="text">{row.by === null ? 'all' : `${row.by}: ${row.group}`}</td>
                  <td>{row.samples === null ? 'not told' : whole(row.samples)}</td>
                  <td>{decimal(row.loss)}</td>
                  <td>{percent(row.accuracy)}</td>
                  <td>{decimal(row.auc)}</td>
                  <td>{decimal(row.calibrationError)}</td>
                  <td>{decimal(row.brier)}</td>
                </tr>
              ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
