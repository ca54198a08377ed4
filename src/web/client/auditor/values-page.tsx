import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { AuditView, ValuationRound, ValuationTable } from '../../auditor/audit-view.ts';
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
  const round = valuations.find((each) => each.round === chosen);
  if (valuations.length === 0) {
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
          <select
            value={round?.round ?? 'all'}
            onChange={({ currentTarget: { value } }) => setChosen(value === 'all' ? null : Number(value))}
          >
            <option value="all">all, summed</option>
            {valuations.map((each) => (
              <option key={each.round} value={each.round}>
                {each.round}
              </option>
            ))}
          </select>
        </label>
        {round === undefined ? (
          <TotalMatrix view={view} />
        ) : (
          <Matrix view={view} table={round} label={`Scores of round ${round.round}`} />
        )}
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

const TOTAL_NOTE =
  'Each cell is the sum of what one evaluator said of one member. The score of the study is another sum, that of the rounds’ medians: no evaluator can move it far, and who said nothing in a round is left out of that round alone.';

/** All rounds in one table, and beside the medians of its sums what counts. */
function TotalMatrix({ view }: { view: AuditView }) {
  const { valuationTotal: total, valuations, members } = view;
  return (
    <>
      <p class="note">{TOTAL_NOTE}</p>
      <Matrix
        view={view}
        table={total}
        label="Scores of all rounds, summed"
        partOf={(evaluator, member) => {
          const told = total.rounds[evaluator]?.[member] ?? 0;
          return told === valuations.length ? null : `${told} of ${valuations.length} rounds`;
        }}
        footer={<FooterRow name="Score of the study" micros={members.map(({ scoreMicros }) => scoreMicros)} />}
      />
    </>
  );
}

interface MatrixProps {
  readonly view: AuditView;
  readonly table: ValuationTable;
  readonly label: string;
  /** What a cell is marked with; null for nothing. */
  readonly partOf?: (evaluator: number, member: number) => string | null;
  readonly footer?: ComponentChildren;
}

function Matrix({ view, table, label, partOf, footer }: MatrixProps) {
  const highest = Math.max(1, ...table.reports.flatMap((row) => row ?? []).map((score) => Math.abs(score ?? 0)));
  const columns = view.members.map(({ account }) => account);
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={label}>
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
              {columns.map((column, member) => {
                const score = table.reports[evaluator]?.[member] ?? null;
                const part = score === null ? null : (partOf?.(evaluator, member) ?? null);
                return (
                  <HeatCell key={column} value={score} highest={highest}>
                    {milliNats(score)}
                    {part === null ? null : <small class="part">{part}</small>}
                  </HeatCell>
                );
              })}
            </tr>
          ))}
        </tbody>
        <tfoot>
          <FooterRow name="Median" micros={table.medians} />
          <FooterRow name="Disagreement" micros={table.disagreements} />
          {footer}
        </tfoot>
      </table>
    </div>
  );
}

function FooterRow({ name, micros }: { name: string; micros: readonly (number | null)[] }) {
  return (
    <tr>
      <th scope="row">{name}</th>
      {micros.map((value, i) => (
        <td key={i}>{milliNats(value)}</td>
      ))}
    </tr>
  );
}
