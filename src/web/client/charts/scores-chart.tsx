import { extent } from 'd3-array';
import { scaleLinear } from 'd3-scale';
import { decimal } from '../shell/format.ts';
import { BottomAxis, type PlotArea, ValueAxis } from './axes.tsx';
import { ChartFigure } from './chart-figure.tsx';

export interface RoundScore {
  readonly round: number;
  /** Null where there is none; then only the range is drawn. */
  readonly score: number | null;
  readonly low: number;
  readonly high: number;
  readonly evaluators: number;
}

const SIZE = { width: 560, height: 300 };
const AREA: PlotArea = { left: 70, right: SIZE.width - 14, top: 14, bottom: SIZE.height - 48 };
const TICKS = 5;
const DIGITS = 4;

/** A bar for each round, up or down from zero, with the range of what was given. */
export function ScoresChart({
  title,
  description,
  scores,
}: {
  readonly title: string;
  readonly description: string;
  readonly scores: readonly RoundScore[];
}) {
  const [first = 0, last = 0] = extent(scores, ({ round }) => round);
  const [low = 0, high = 1] = extent(scores.flatMap((each) => [0, each.low, each.high]));
  const x = scaleLinear([first - 0.5, last + 0.5], [AREA.left, AREA.right]);
  const y = scaleLinear([low, high === low ? low + 1 : high], [AREA.bottom, AREA.top]).nice(TICKS);
  const width = Math.min(36, 0.6 * (x(1) - x(0)));
  const format = (value: number): string => decimal(value, DIGITS);
  return (
    <ChartFigure
      title={title}
      description={description}
      size={SIZE}
      table={{
        head: ['round', 'score', 'lowest', 'highest', 'evaluators'],
        rows: scores.map((each) => [
          String(each.round),
          each.score === null ? '–' : format(each.score),
          format(each.low),
          format(each.high),
          String(each.evaluators),
        ]),
      }}
    >
      <ValueAxis area={AREA} scale={y} count={TICKS} format={format} />
      <BottomAxis area={AREA} scale={x} count={Math.min(10, scores.length)} format={wholeOnly} title="round" />
      {scores.map(({ round, score, low: from, high: to, evaluators }) => (
        <g key={round} class="m0">
          <title>{`round ${round}: ${score === null ? 'no score' : format(score)}, ${evaluators} evaluators from ${format(from)} to ${format(to)}`}</title>
          {score === null ? null : (
            <rect
              class="bar"
              x={x(round) - width / 2}
              y={Math.min(y(0), y(score))}
              width={width}
              height={Math.abs(y(score) - y(0))}
            />
          )}
          <path class="range" d={`M${x(round)} ${y(from)}V${y(to)}m-4 0h8M${x(round) - 4} ${y(from)}h8`} />
        </g>
      ))}
      <path class="axis" d={`M${AREA.left} ${y(0)}H${AREA.right}`} />
    </ChartFigure>
  );
}

const wholeOnly = (value: number): string => (Number.isInteger(value) ? String(value) : '');
