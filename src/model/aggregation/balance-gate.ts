import { distances } from '../mix-kernel.ts';
import { type Mixture, ownVector } from './mixture.ts';
import { orderBy } from './order-by.ts';

export interface GateRadius {
  /** Share of the own vector's length that a source may be away at the beginning. */
  readonly share: number;
  /** How much narrower the gate has become at the end: its last width is e^−narrowing times its first. */
  readonly narrowing: number;
}

/**
 * The gate of BALANCE (Fang et al., CCS 2024): only sources that are near enough to the own vector take part, by a distance
 * that shrinks as the study goes on. Where no other one is, the nearest does.
 * @returns whether each source takes part; the own one always does
 */
export function balanceGate(mixture: Mixture, { share, narrowing }: GateRadius): boolean[] {
  const own = ownVector(mixture);
  const lengths = distances(own, mixture.sources);
  const [norm = 0] = distances(own, [new Float32Array(own.length)]);
  const radius = share * exponential(-narrowing * mixture.elapsed) * norm;
  const accepted = lengths.map((length, j) => j === mixture.own || length <= radius);
  if (accepted.some((isIn, j) => isIn && j !== mixture.own)) return accepted;
  const nearest = orderBy(lengths).find((j) => j !== mixture.own);
  return accepted.map((isIn, j) => isIn || j === nearest);
}

/** Enough for 64 bits at the exponents that a manifest may ask for. */
const TERMS = 64;

/** e^x for x from −16 to 0 by its series, because a processor's own differs from another's in the last bit. */
function exponential(x: number): number {
  let [term, sum] = [1, 1];
  for (let k = 1; k <= TERMS; k++) {
    term = (term * -x) / k;
    sum += term;
  }
  return 1 / sum;
}

/** The sources that take part, with weights that sum to 1 again. */
export function admitted(mixture: Mixture, accepted: readonly boolean[]): Mixture {
  const kept = accepted.flatMap((isIn, j) => (isIn ? [j] : []));
  const weights = kept.map((j) => mixture.weights[j] ?? 0);
  let total = 0;
  for (const weight of weights) total += weight;
  return {
    ...mixture,
    sources: kept.map((j) => mixture.sources[j] ?? mixture.base),
    weights: weights.map((weight) => (total > 0 ? weight / total : 1 / kept.length)),
    suspicions: kept.map((j) => mixture.suspicions[j] ?? 0),
    own: mixture.own === null ? null : kept.indexOf(mixture.own),
  };
}
