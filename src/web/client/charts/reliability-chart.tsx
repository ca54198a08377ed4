import { scaleLinear } from 'd3-scale';
import { decimal, percent } from '../shell/format.ts';
import { BottomAxis, type PlotArea, ValueAxis } from './axes.tsx';
import { ChartFigure } from './chart-figure.tsx';

export interface ReliabilityBin {
  readonly samples: number;
  /** Mean stated probability, and the share for which it came true. */
  readonly predicted: number;
  readonly observed: number;
}

const SIZE = { width: 560, height: 400 };
const AREA: PlotArea = { left: 62, right: SIZE.width - 14, top: 14, bottom: SIZE.height - 48 };
const TICKS = 5;
const LARGEST_MARK = 16;
const SMALLEST_MARK = 3;

/** How often what was stated came true: on the diagonal of a well calibrated model; a mark's area is the share of the records. */
export function ReliabilityChart({
  title,
  description,
  bins,
}: {
  readonly title: string;
  readonly description: string;
  readonly bins: readonly ReliabilityBin[];
}) {
  const x = scaleLinear([0, 1], [AREA.left, AREA.right]);
  const y = scaleLinear([0, 1], [AREA.bottom, AREA.top]);
  const filled = bins.filter(({ samples }) => samples > 0);
  const most = Math.max(1, ...filled.map(({ samples }) => samples));
  const radius = (samples: number): number => Math.max(SMALLEST_MARK, LARGEST_MARK * Math.sqrt(samples / most));
  const whole = (value: number): string => percent(value, 0);
  return (
    <ChartFigure
      title={title}
      description={description}
      size={SIZE}
      table={{
        head: ['stated between', 'records', 'stated (mean)', 'came true'],
        rows: bins.map(({ samples, predicted, observed }, i) => [
          `${decimal(i / bins.length, 1)} and ${decimal((i + 1) / bins.length, 1)}`,
          String(samples),
          samples === 0 ? '–' : percent(predicted),
          samples === 0 ? '–' : percent(observed),
        ]),
      }}
    >
      <ValueAxis area={AREA} scale={y} count={TICKS} format={whole} />
      <BottomAxis area={AREA} scale={x} count={TICKS} format={whole} title="stated probability" />
      <path class="line reference-line" stroke-dasharray="5 4" d={`M${x(0)} ${y(0)}L${x(1)} ${y(1)}`} />
      {filled.map(({ samples, predicted, observed }) => (
        <g key={predicted} class="m0">
          <title>{`${samples} records: ${percent(predicted)} stated, ${percent(observed)} came true`}</title>
          <path class="line" d={`M${x(predicted)} ${y(predicted)}V${y(observed)}`} />
          <circle class="mark bubble" cx={x(predicted)} cy={y(observed)} r={radius(samples)} />
        </g>
      ))}
    </ChartFigure>
  );
}
