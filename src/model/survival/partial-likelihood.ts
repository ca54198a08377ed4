import type { SurvivalBatch } from './survival-batch.ts';

export interface PartialLikelihood {
  /** Mean over the events of −log of the share of risk that the one with the event had among those still observed. */
  readonly loss: number;
  /** Of the loss with respect to each sample's log risk. */
  readonly gradient: Float64Array;
}

/**
 * Cox's partial likelihood with Breslow's way of treating equal times: each event at a time has all that are observed up
 * to it or beyond as its risk set. Without an event, loss and gradient are 0.
 *
 * Sources: Cox, Regression models and life-tables, 1972; Breslow's contribution to its discussion.
 *
 * @param logRisks one for each sample
 */
export function partialLikelihood(logRisks: Float64Array, { times, labels }: SurvivalBatch): PartialLikelihood {
  const highest = logRisks.reduce((most, each) => Math.max(most, each), Number.NEGATIVE_INFINITY);
  const risks = logRisks.map((each) => Math.exp(each - highest));
  const groups = groupsByTime(times);
  const events = labels.reduce((sum, label) => sum + label, 0);
  const gradient = new Float64Array(labels.length);
  if (events === 0) return { loss: 0, gradient };
  const atRisk = atRiskOf(groups, risks);
  let sum = 0;
  let hazard = 0;
  for (const [place, group] of groups.entries()) {
    const total = atRisk[place] as number;
    for (const sample of group) {
      if (labels[sample] === 0) continue;
      sum += Math.log(total) + highest - (logRisks[sample] as number);
      hazard += 1 / total;
    }
    for (const sample of group) {
      gradient[sample] = ((risks[sample] as number) * hazard - (labels[sample] as number)) / events;
    }
  }
  return { loss: sum / events, gradient };
}

/** Samples of one time together, earliest first. */
function groupsByTime(times: Float32Array): number[][] {
  const order = Array.from(times.keys()).sort((a, b) => (times[a] as number) - (times[b] as number) || a - b);
  const groups: number[][] = [];
  for (const sample of order) {
    const last = groups.at(-1);
    if (last !== undefined && times[last[0] as number] === times[sample]) last.push(sample);
    else groups.push([sample]);
  }
  return groups;
}

/** For each group, the risk of all samples in it and in later ones. */
function atRiskOf(groups: readonly number[][], risks: Float64Array): Float64Array {
  const totals = new Float64Array(groups.length);
  let total = 0;
  for (let place = groups.length - 1; place >= 0; place--) {
    for (const sample of groups[place] as number[]) total += risks[sample] as number;
    totals[place] = total;
  }
  return totals;
}
