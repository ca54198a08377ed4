import { tickStep } from './ticks.ts';

export type Interval = readonly [low: number, high: number];

/** Maps values to places on the drawing, in drawing units. */
export type Scale = (value: number) => number;

/** The straight line that takes `domain` to `range`; a domain of no width goes to the middle. */
export function linearScale(domain: Interval, range: Interval): Scale {
  const [low, high] = domain;
  const [from, to] = range;
  if (high === low) return () => (from + to) / 2;
  return (value) => from + ((value - low) / (high - low)) * (to - from);
}

export interface DomainOptions {
  /** About how many ticks the axis will have. */
  readonly count: number;
  readonly includeZero?: boolean;
  /** Bounds that values of this kind cannot pass, for instance 0 and 1 for accuracies. */
  readonly within?: Interval;
}

/** The smallest interval between round numbers that holds all finite values, and never one without width. */
export function niceDomain(values: readonly number[], options: DomainOptions): Interval {
  const { count, includeZero = false, within = [-Infinity, Infinity] } = options;
  const finite = values.filter(Number.isFinite);
  if (includeZero || finite.length === 0) finite.push(0);
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  if (low === high)
    return low === 0 ? [0, 1] : niceDomain([low - Math.abs(low) / 10, low + Math.abs(low) / 10], options);
  return clamp(roundOutwards([low, high], count), within);
}

/** Widens to multiples of the tick step, until the step of the widened interval is the one that it was widened to. */
function roundOutwards([low, high]: Interval, count: number, previousStep = 0): Interval {
  const step = tickStep(high - low, { count });
  if (step <= previousStep) return [low, high];
  const multiple = (steps: number): number => Number((steps * step).toPrecision(12)) + 0;
  const wider: Interval = [multiple(Math.floor(low / step + 1e-9)), multiple(Math.ceil(high / step - 1e-9))];
  return roundOutwards(wider, count, step);
}

function clamp([low, high]: Interval, [least, most]: Interval): Interval {
  return [Math.max(least, low), Math.min(most, high)];
}
