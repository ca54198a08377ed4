import { systemClock } from '../../../src/base/clock.ts';
import { aggregate } from '../../../src/model/aggregation/aggregate.ts';
import type { Mixture } from '../../../src/model/aggregation/mixture.ts';
import { surveySegment } from '../../../src/model/aggregation/screening.ts';
import { benchRules, type NamedRule } from './bench-rules.ts';

export interface RuleCost {
  readonly rule: string;
  /** Milliseconds for each MB (10⁶ bytes) of sources. */
  readonly millisecondsPerMegabyte: number;
  /** That ÷ the clipped mean's of the same run. */
  readonly ratioToClippedMean: number;
}

const SOURCES = 10;
const LENGTH = 262_144;
const MEGABYTES = (4 * SOURCES * LENGTH) / 1e6;

/** Ten sources of 1 MiB, every rule in turn; of several turns the fastest counts. */
export function measureCosts(turns: number): RuleCost[] {
  const mixture = syntheticMixture();
  const rules = benchRules(2, SOURCES);
  const fastest = rules.map(() => Number.POSITIVE_INFINITY);
  for (let turn = 0; turn < turns; turn++)
    for (const [i, named] of rules.entries()) fastest[i] = Math.min(fastest[i] ?? 0, timeOf(named, mixture));
  const baseline = fastest[rules.findIndex(({ name }) => name === 'clipped-mean')] ?? Number.NaN;
  return rules.map(({ name }, i) => ({
    rule: name,
    millisecondsPerMegabyte: (fastest[i] ?? Number.NaN) / MEGABYTES,
    ratioToClippedMean: (fastest[i] ?? Number.NaN) / baseline,
  }));
}

function timeOf({ rule }: NamedRule, mixture: Mixture): number {
  const begun = systemClock.now();
  if (rule.rule === 'screened-mean') surveySegment(mixture, rule.attackersPerMix);
  aggregate(rule, mixture);
  return systemClock.now() - begun;
}

function syntheticMixture(): Mixture {
  const vector = (n: number): Float32Array => Float32Array.from({ length: LENGTH }, (_, k) => Math.sin(k * (n + 1)));
  const sources = Array.from({ length: SOURCES }, (_, n) => vector(n + 1));
  const equal = sources.map(() => 1 / SOURCES);
  return { base: vector(0), sources, weights: equal, own: 0, suspicions: sources.map(() => 0), elapsed: 0.5 };
}
