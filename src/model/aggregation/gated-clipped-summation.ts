import { admitted, balanceGate, type GateRadius } from './balance-gate.ts';
import { clippedSummation } from './clipped-summation.ts';
import type { MixedSegment, Mixture } from './mixture.ts';

/** {@link clippedSummation} of the sources that {@link balanceGate} lets in. */
export function gatedClippedSummation(
  mixture: Mixture,
  { attackers, gate }: { attackers: number; gate: GateRadius },
): MixedSegment {
  const accepted = balanceGate(mixture, gate);
  const { mixed, weights, scales } = clippedSummation(admitted(mixture, accepted), attackers);
  let next = 0;
  const places = accepted.map((isIn) => (isIn ? next++ : null));
  return {
    mixed,
    weights: places.map((place) => (place === null ? 0 : (weights[place] ?? 0))),
    scales: places.map((place) => (place === null ? 1 : (scales[place] ?? 1))),
  };
}
