/** Most ticks that an axis gets, whatever it is asked for. */
const MAX_TICKS = 50;

export interface TickOptions {
  /** About how many ticks; the step is the round number that comes nearest from above. */
  readonly count: number;
  /** Steps are never smaller: 1 for rounds. */
  readonly minimumStep?: number;
}

/** Multiples of a round step (1, 2 or 5 times a power of ten) within `[low, high]`, ascending. */
export function ticks(low: number, high: number, options: TickOptions): number[] {
  if (!Number.isFinite(low) || !Number.isFinite(high) || low > high) return [];
  const step = tickStep(high - low, options);
  const [first, last] = [Math.ceil(low / step - 1e-9), Math.floor(high / step + 1e-9)];
  const length = Math.min(MAX_TICKS, last - first + 1);
  return Array.from({ length }, (_, i) => Number(((first + i) * step).toPrecision(12)) + 0);
}

/** The smallest of 1, 2, 5 × 10ⁿ that covers `span` in at most `count` steps. */
export function tickStep(span: number, { count, minimumStep = 0 }: TickOptions): number {
  const raw = span / Math.max(1, count);
  if (!(raw > 0)) return Math.max(1, minimumStep);
  const power = 10 ** Math.floor(Math.log10(raw));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= raw * (1 - 1e-9)) ?? 10;
  return Math.max(factor * power, minimumStep);
}
