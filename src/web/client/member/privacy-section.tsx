import type { PrivacyView } from '../../../peer/member-view.ts';
import { LineChart } from '../charts/line-chart.tsx';
import { decimal } from '../shell/format.ts';
import { Section } from '../shell/frame.tsx';
import { Meter } from '../shell/meter.tsx';

const UNITS: Readonly<Record<PrivacyView['unit'], string>> = {
  record: 'whether any one record was trained on',
  member: "anything that tells this member's data from none",
};

/** How much of the privacy budget is spent, and for how long the rest is enough. */
export function PrivacySection({ privacy }: { privacy: PrivacyView }) {
  const { spentMicros, budgetMicros, deltaPicos, roundsLeft, roundsAffordable, rounds } = privacy;
  const [spent, budget] = [spentMicros / 1e6, budgetMicros / 1e6];
  const isShort = roundsAffordable < roundsLeft;
  const points = rounds.map(({ round, epsilonMicros }) => ({ x: round, y: epsilonMicros / 1e6 }));
  const ends = [points[0]?.x ?? 0, points.at(-1)?.x ?? 0];
  return (
    <Section
      id="privacy"
      title="Privacy budget"
      note={
        <>
          The noise in this member's contributions hides {UNITS[privacy.unit]}, to within ε at δ ={' '}
          <Power value={deltaPicos / 1e12} />. Attempts that a crash ended are counted.
        </>
      }
    >
      <Meter
        label="Privacy budget spent"
        value={spent}
        maximum={budget}
        text={`ε ${decimal(spent, 2)} of ${decimal(budget, 2)} spent, ${decimal(Math.max(0, budget - spent), 2)} left`}
        {...(isShort ? { tone: 'warn' as const } : {})}
      />
      <p class={isShort ? 'warn-text' : 'soft'}>
        {isShort
          ? `Enough for ${roundsAffordable} of the ${roundsLeft} rounds that are left; then this member leaves the study.`
          : `Enough for all ${roundsLeft} rounds that are left.`}
      </p>
      {points.length < 2 ? null : (
        <LineChart
          title="ε by round, as signed"
          description={`Cumulative ε after each round; the budget is ${decimal(budget, 2)}.`}
          series={[
            { name: 'spent', position: 0, points },
            { name: 'budget', position: 1, isReference: true, points: ends.map((x) => ({ x, y: budget })) },
          ]}
          xTitle="round"
          format={(value) => decimal(value, 2)}
          within={[0, Infinity]}
        />
      )}
    </Section>
  );
}

/** A small number as people write it: 10⁻⁵, or 3 × 10⁻⁶. */
function Power({ value }: { value: number }) {
  const [mantissa = '', exponent = ''] = value.toExponential().split('e');
  return (
    <span>
      {mantissa === '1' ? '' : `${mantissa} × `}10<sup>{exponent.replace('-', '−')}</sup>
    </span>
  );
}
