import type { ScaleLinear } from 'd3-scale';

/** The part of a drawing that the data take; what is around it is for the axes. */
export interface PlotArea {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

type Linear = ScaleLinear<number, number>;

export interface AxisProps {
  readonly area: PlotArea;
  readonly scale: Linear;
  /** About how many labels have room. */
  readonly count: number;
  readonly format: (value: number, digits?: number) => string;
  readonly title?: string;
}

const DIGITS = [0, 1, 2, 3, 4, 5];

/** Labels at the left, and a thin line across for each. */
export function ValueAxis({ area, scale, count, format, title }: AxisProps) {
  const ticks = scale.ticks(count);
  const digits = DIGITS.find((few) => new Set(ticks.map((tick) => format(tick, few))).size === ticks.length);
  return (
    <g class="axis-values" aria-hidden="true">
      {ticks.map((tick) => (
        <g key={tick}>
          <path class="grid" d={`M${area.left} ${scale(tick)}H${area.right}`} />
          <text x={area.left - 8} y={scale(tick)} dy=".32em" text-anchor="end">
            {format(tick, digits)}
          </text>
        </g>
      ))}
      {title === undefined ? null : (
        <text class="axis-title" x={area.left} y={area.top - 10} text-anchor="start">
          {title}
        </text>
      )}
    </g>
  );
}

/** Labels below; whole numbers only where `count` would give fractions of rounds. */
export function BottomAxis({ area, scale, count, format, title }: AxisProps) {
  return (
    <g class="axis-bottom" aria-hidden="true">
      <path class="axis" d={`M${area.left} ${area.bottom}H${area.right}`} />
      {scale.ticks(count).map((tick) => (
        <g key={tick}>
          <path class="axis" d={`M${scale(tick)} ${area.bottom}v5`} />
          <text x={scale(tick)} y={area.bottom + 19} text-anchor="middle">
            {format(tick)}
          </text>
        </g>
      ))}
      {title === undefined ? null : (
        <text class="axis-title" x={(area.left + area.right) / 2} y={area.bottom + 40} text-anchor="middle">
          {title}
        </text>
      )}
    </g>
  );
}
