/** So many at once, and so many a second in the long run. */
export interface Quota {
  readonly burst: number;
  readonly perSecond: number;
}

/** A bucket for each key, filled to the brim at first. Time comes from the caller. */
export interface RateLimit {
  /** Takes one. @param now milliseconds, never falling @returns false if the key has none left */
  take(key: string, now: number): boolean;
}

/** A full bucket says nothing: it can be forgotten. This often keys are looked through for such ones. */
const SWEEP_EVERY = 1024;

/** Token buckets: what is taken beyond the quota is refused, and costs nothing. */
export function createRateLimit({ burst, perSecond }: Quota): RateLimit {
  const buckets = new Map<string, { tokens: number; at: number }>();
  let taken = 0;
  const refilled = (bucket: { tokens: number; at: number }, now: number): number =>
    Math.min(burst, bucket.tokens + ((now - bucket.at) / 1000) * perSecond);
  return {
    take(key, now) {
      if (++taken % SWEEP_EVERY === 0) {
        for (const [each, bucket] of buckets) if (refilled(bucket, now) >= burst) buckets.delete(each);
      }
      const bucket = buckets.get(key) ?? { tokens: burst, at: now };
      const tokens = refilled(bucket, now);
      buckets.set(key, { tokens: tokens >= 1 ? tokens - 1 : tokens, at: now });
      return tokens >= 1;
    },
  };
}
