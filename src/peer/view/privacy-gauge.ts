import { epsilonMicros, roundMechanism } from '../../privacy/round-mechanism.ts';
import type { Manifest } from '../../protocol/manifest.ts';
import type { PrivacyView } from '../member-view.ts';
import type { SpendLog } from '../spend-log.ts';

type Gauge = Omit<PrivacyView, 'rounds'>;

/**
 * How much of a member's privacy budget is spent, and for how many of the study's rounds the rest is enough. The accountant takes some tens of
 * milliseconds for each question, so it is asked only when something was spent.
 * @param records training records of the member
 * @returns null where the study has no budget; takes the number of training rounds that are not paid for yet
 */
export function createPrivacyGauge(
  manifest: Manifest,
  spending: Pick<SpendLog, 'spent'>,
  records: number,
): (roundsLeft: number) => Gauge | null {
  const { privacy, epsilonBudgetMicros: budgetMicros, deltaBudgetPicos: deltaPicos } = manifest;
  const mechanism = roundMechanism(privacy, records);
  let last: { readonly key: string; readonly gauge: Gauge } | null = null;

  return (roundsLeft) => {
    if (privacy.unit === 'none' || mechanism === null) return null;
    const spent = spending.spent();
    const key = JSON.stringify([spent, roundsLeft]);
    if (last?.key === key) return last.gauge;
    const isPaid = (rounds: number): boolean =>
      rounds === 0 ||
      epsilonMicros([...spent, { ...mechanism, steps: rounds * mechanism.steps }], deltaPicos) <= budgetMicros;
    const gauge = {
      unit: privacy.unit,
      spentMicros: epsilonMicros(spent, deltaPicos),
      budgetMicros,
      deltaPicos,
      roundsLeft,
      roundsAffordable: largest(roundsLeft, isPaid),
    };
    last = { key, gauge };
    return gauge;
  };
}

/** The largest number up to a bound of which something holds that holds of all smaller ones. */
function largest(bound: number, holds: (number: number) => boolean): number {
  if (holds(bound)) return bound;
  let [low, high] = [0, bound];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return low;
}
