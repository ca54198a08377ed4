import { useState } from 'preact/hooks';
import type { AuditView, ValuationRound } from '../../auditor/audit-view.ts';
import { HeatCell } from '../charts/heat-cell.tsx';
import { LineChart, type LineChartProps } from '../charts/line-chart.tsx';
import { decimal, milliNats } from '../shell/format.ts';
import { Section } from '../shell/frame.tsx';
import { Empty } from '../shell/states.tsx';
import { MemberLabel, memberName } from './names.tsx';

/** Who said what of whom, and how far they are apart. */
export function ValuesPage({ view }: { view: AuditView }) {
  const [chosen, setChosen] = useState<number | null>(null);
  const { valuations } = view;
  const round = valuations.find((each) => each.round === chosen) ?? valuations.at(-1);
  if (round === undefined) {
    return (
      <Section id="values" title="Values">
        <Empty>No score was revealed yet. Members reveal the scores of a round with their next contribution.</Empty>
      </Section>
    );
  }
  return (
    <>
      <Section id="values" title="What members said of each other" note={MATRIX_NOTE}>
        <label class="inline">
          Round{' '}
          <select value={round.round} onChange={({ currentTarget }) => setChosen(Number(currentTarget.value))}>
            {valuations.map((each) => (
              <option key={each.round} value={each.round}>
                {each.round}
              </option>
            ))}
          </select>
        </label>
        <Matrix view={view} round={round} />
      </Section>
      <Section id="medians" title="Medians and disagreement over the rounds (mnat)">
        <div class="columns">
          <LineChart
            title="Median score by round"
            description="What at least three others said of each member's contribution, their median, by round, in thousandths of a nat."
            xTitle="round"
            format={decimal}
            series={seriesOf(view, ({ medians }) => medians)}
          />
          <LineChart
            title="Disagreement by round"
            description="How far the reports on each member's contribution are from their median, their median, by round, in thousandths of a nat."
            xTitle="round"
            format={decimal}
            within={[0, Number.POSITIVE_INFINITY]}
            series={seriesOf(view, ({ disagreements }) => disagreements)}
          />
        </div>
      </Section>
    </>
  );
}

const MATRIX_NOTE =
  'Rows: who says; columns: of whom, in thousandths of a nat of the evaluator’s own held-out loss. What a member says of itself does not count and is not shown. Disagreement: the median distance of the reports from their median.';

const seriesOf = (
  view: AuditView,
  valuesOf: (round: ValuationRound) => readonly (number | null)[],
): LineChartProps['series'] =>
  view.members.map((member, i) => ({
    name: memberName(view, member.account),
    position: member.position,
    points: view.valuations.map((each) => ({ x: each.round, y: toMilli(valuesOf(each)[i] ?? null) })),
  }));

const toMilli = (micros: number | null): number | null => (micros === null ? null : micros / 1000);

function Matrix({ view, round }: { view: AuditView; round: ValuationRound }) {
  const highest = Math.max(1, ...round.reports.flatMap((row) => row ?? []).map((score) => Math.abs(score ?? 0)));
  const columns = view.members.map(({ account }) => account);
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={`Scores of round ${round.round}`}>
      <table class="matrix">
        <thead>
          <tr>
            <th scope="col">Evaluator</th>
            {columns.map((account) => (
              <th key={account} scope="col" title={account}>
                {memberName(view, account)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {view.members.map(({ account }, evaluator) => (
            <tr key={account}>
              <th scope="row">
                <MemberLabel view={view} account={account} />
              </th>
              {columns.map((column, member) => (
                <ScoreCell key={column} score={round.reports[evaluator]?.[member] ?? null} highest={highest} />
              ))}
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">Median</th>
            {round.medians.map((median, i) => (
              <td key={i}>{milliNats(median)}</td>
            ))}
          </tr>
          <tr>
            <th scope="row">Disagreement</th>
            {round.disagreements.map((value, i) => (
              <td key={i}>{milliNats(value)}</td>
            ))}
          </tr>
        </tfoot>
      </table>
    </div>
  );
}

function ScoreCell({ score, highest }: { score: number | null; highest: number }) {
  return (
    <HeatCell value={score} highest={highest}>
      {milliNats(score)}
    </HeatCell>
  );
}
