import { mixSegment } from '../mix.ts';
import type { GateRadius } from './balance-gate.ts';
import { clippedSummation } from './clipped-summation.ts';
import { gatedClippedSummation } from './gated-clipped-summation.ts';
import { geometricMedian } from './geometric-median.ts';
import { krum } from './krum.ts';
import type { MixedSegment, Mixture } from './mixture.ts';
import { nearestNeighbourMixing } from './nearest-neighbour-mixing.ts';
import { nearestNeighbours } from './nearest-neighbours.ts';
import { screenedMean } from './screened-mean.ts';
import { selfCentredClipping } from './self-centred-clipping.ts';
import { coordinateMedian, trimmedMean } from './trimmed-mean.ts';

/** A rule with its parameters; `attackersPerMix` is b̂, the attackers among the sources of one mix that it is to withstand. */
export type AggregationRule =
  | { readonly rule: 'clipped-mean'; readonly clipFactor: number }
  | { readonly rule: 'median' }
  | { readonly rule: 'trimmed-mean'; readonly attackersPerMix: number }
  | { readonly rule: 'krum'; readonly attackersPerMix: number; readonly selected: number }
  | { readonly rule: 'geometric-median'; readonly steps: number }
  | { readonly rule: 'self-centred-clipping'; readonly radius: number }
  | { readonly rule: 'nearest-neighbours'; readonly attackersPerMix: number }
  | { readonly rule: 'clipped-summation'; readonly attackersPerMix: number; readonly gate: GateRadius | null }
  | { readonly rule: 'nearest-neighbour-mixing'; readonly attackersPerMix: number }
  | {
      readonly rule: 'screened-mean';
      readonly attackersPerMix: number;
      readonly clipFactor: number;
      readonly trustedClipFactor: number;
    };

/**
 * Mixes one segment by a rule. Auditors repeat it bit for bit, so a rule is a function of its arguments, sums in 64 bits in a fixed
 * order with + − × ÷ √ only, breaks ties by the order of the sources, and rounds vectors to 32 bits where docs/PROTOCOL.md says so.
 */
export function aggregate(rule: AggregationRule, mixture: Mixture): MixedSegment {
  switch (rule.rule) {
    case 'clipped-mean': {
      const { base, sources, weights } = mixture;
      return { ...mixSegment(base, sources, weights, rule.clipFactor), weights };
    }
    case 'median':
      return coordinateMedian(mixture);
    case 'trimmed-mean':
      return trimmedMean(mixture, rule.attackersPerMix);
    case 'krum':
      return krum(mixture, { attackers: rule.attackersPerMix, selected: rule.selected });
    case 'geometric-median':
      return geometricMedian(mixture, rule.steps);
    case 'self-centred-clipping':
      return selfCentredClipping(mixture, rule.radius);
    case 'nearest-neighbours':
      return nearestNeighbours(mixture, rule.attackersPerMix);
    case 'clipped-summation':
      return rule.gate === null
        ? clippedSummation(mixture, rule.attackersPerMix)
        : gatedClippedSummation(mixture, { attackers: rule.attackersPerMix, gate: rule.gate });
    case 'screened-mean':
      return screenedMean(mixture, { ...rule, attackers: rule.attackersPerMix });
    case 'nearest-neighbour-mixing':
      return nearestNeighbourMixing(mixture, rule.attackersPerMix);
  }
}
