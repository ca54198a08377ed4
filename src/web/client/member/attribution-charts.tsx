import { scaleLinear } from 'd3-scale';
import type { PictureExamples } from '../../../peer/member-pictures.ts';
import { BottomAxis, type PlotArea } from '../charts/axes.tsx';
import { ChartFigure } from '../charts/chart-figure.tsx';
import { shortenWords } from '../charts/shorten-words.ts';
import { decimal } from '../shell/format.ts';
import { inWords } from './judgement.ts';

type Rows = Extract<PictureExamples, { kind: 'tables' }>;
type Row = Rows['records'][number];

const WIDTH = 560;
const ROW = 28;
const BAR = 15;
const LEFT = 206;
const LETTERS = 20;
const TICKS = 5;

/** What moved the model's judgement of each of a few records. */
export function AttributionCharts({ examples, classNames }: { examples: Rows; classNames: readonly string[] }) {
  return (
    <>
      <p class="note">
        A bar to the right speaks for the predicted class (of survival: for a higher risk), one to the left against it:
        gradient times input (Shrikumar et al. 2016), in logits beside a record whose inputs are all ordinary.
      </p>
      <div class="charts">
        {examples.records.map((record, index) => (
          <AttributionChart key={index} record={record} title={`Record ${index + 1}: ${inWords(record, classNames)}`} />
        ))}
      </div>
    </>
  );
}

function AttributionChart({ record: { attributions }, title }: { record: Row; title: string }) {
  const height = 8 + attributions.length * ROW + 50;
  const area: PlotArea = { left: LEFT, right: WIDTH - 16, top: 8, bottom: height - 50 };
  const most = Math.max(1e-6, ...attributions.map(({ attribution }) => Math.abs(attribution)));
  const x = scaleLinear([-most, most], [area.left, area.right]).nice(TICKS);
  return (
    <ChartFigure
      title={title}
      description={`The ${attributions.length} inputs that moved the judgement most, the strongest first.`}
      size={{ width: WIDTH, height }}
      table={{
        head: ['input', 'value', 'attribution'],
        rows: attributions.map(({ name, value, attribution }) => [name, decimal(value, 3), decimal(attribution, 3)]),
      }}
    >
      <BottomAxis area={area} scale={x} count={TICKS} format={(value) => decimal(value, 1)} title="logits" />
      <path class="axis" d={`M${x(0)} ${area.top}V${area.bottom}`} />
      {attributions.map(({ name, attribution }, index) => {
        const middle = area.top + (index + 0.5) * ROW;
        return (
          <g key={name} class={attribution < 0 ? 'm1' : 'm0'}>
            <title>{`${name}: ${decimal(attribution, 3)}`}</title>
            <text x={area.left - 10} y={middle} dy=".32em" text-anchor="end">
              {shortenWords(name, LETTERS)}
            </text>
            <rect
              class="bar"
              x={Math.min(x(0), x(attribution))}
              y={middle - BAR / 2}
              width={Math.max(1, Math.abs(x(attribution) - x(0)))}
              height={BAR}
            />
          </g>
        );
      })}
    </ChartFigure>
  );
}
