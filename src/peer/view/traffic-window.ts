import type { TrafficView } from '../member-view.ts';

/** Rates are over this long: shorter ones jump with every segment. */
const RATE_MILLISECONDS = 10_000;
/** How much of the past is drawn, and how finely. */
const SHOWN_MILLISECONDS = 5 * 60_000;
const STEP_MILLISECONDS = 5_000;

interface Sample {
  readonly at: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

/** Bytes a second over a sliding window. */
export interface TrafficWindow {
  /** Takes in the bytes since the start. @param now milliseconds of the clock */
  sample(traffic: { readonly bytesIn: number; readonly bytesOut: number }, now: number): void;
  view(now: number): TrafficView;
}

export function createTrafficWindow(): TrafficWindow {
  let samples: Sample[] = [];

  const newest = (): Sample => samples.at(-1) ?? { at: 0, bytesIn: 0, bytesOut: 0 };
  /** The last sample at or before a moment, or the first. */
  const before = (at: number): Sample => samples.findLast((sample) => sample.at <= at) ?? samples[0] ?? newest();

  return {
    sample({ bytesIn, bytesOut }, now) {
      samples.push({ at: now, bytesIn, bytesOut });
      // One older than what is drawn stays, so that the first step has a beginning.
      const first = samples.findLastIndex(({ at }) => at <= now - SHOWN_MILLISECONDS);
      if (first > 0) samples = samples.slice(first);
    },
    view(now) {
      const { bytesIn, bytesOut } = newest();
      const rate = ratesBetween(before(now - RATE_MILLISECONDS), newest());
      const begin = Math.max(samples[0]?.at ?? now, now - SHOWN_MILLISECONDS);
      const steps = Math.floor((now - begin) / STEP_MILLISECONDS);
      const recent = Array.from({ length: steps }, (_, i) => {
        const end = now - (steps - 1 - i) * STEP_MILLISECONDS;
        const rates = ratesBetween(before(end - STEP_MILLISECONDS), before(end));
        return { secondsAgo: Math.round((now - end) / 1000), ...rates };
      });
      return { bytesIn, bytesOut, ...rate, recent };
    },
  };
}

function ratesBetween(from: Sample, to: Sample): { inPerSecond: number; outPerSecond: number } {
  const seconds = (to.at - from.at) / 1000;
  if (seconds <= 0) return { inPerSecond: 0, outPerSecond: 0 };
  return {
    inPerSecond: (to.bytesIn - from.bytesIn) / seconds,
    outPerSecond: (to.bytesOut - from.bytesOut) / seconds,
  };
}
