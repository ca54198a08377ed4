import { setImmediate as giveWay } from 'node:timers/promises';
import type { Dataset } from '../../data/dataset.ts';
import { DRIFT_THRESHOLDS } from '../../model/drift/drift-thresholds.ts';
import type { Points } from '../../model/drift/maximum-mean-discrepancy.ts';
import { measureJointly, measureQuantities, type Quantity } from '../../model/drift/measure-drift.ts';
import type { MemberPictures, PartDrift, ShownDriftState } from '../member-pictures.ts';
import { describeImages } from './describe-images.ts';
import { recordsAre } from './records-are.ts';

export interface DrawnPart {
  readonly data: Dataset;
  /** As many numbers a record as the model has outputs. */
  readonly outputs: Float32Array;
}

export interface ComparisonTerms {
  readonly isClassifier: boolean;
  readonly inputNames: readonly string[] | null;
  readonly seed: string;
}

const MOST_LISTED = 12;
/** Probabilities are compared in thousandths: nobody is to be alarmed by 10⁻⁸ that became 10⁻⁶. */
const STEPS = 1000;
/** The kernel takes time with the square of this. */
const MOST_POINTS = 150;
const FEWEST_POINTS = 20;
/** Numbers of a record that are compared jointly: of an image every so many pixels. */
const MOST_NUMBERS = 256;

/** Compares a member's held-out part with its training part: what goes into the model, and what it makes of it. */
export async function compareParts(
  reference: DrawnPart,
  current: DrawnPart,
  terms: ComparisonTerms,
): Promise<MemberPictures['drift']> {
  const inputs = summarise(inputQuantities(reference.data, current.data, terms.inputNames), [
    pointsOf(reference.data.inputs, reference.data.samples),
    pointsOf(current.data.inputs, current.data.samples),
    terms.seed,
  ]);
  await giveWay();
  const outputs = summarise(outputQuantities(reference, current, terms.isClassifier), [
    pointsOf(reference.outputs, reference.data.samples),
    pointsOf(current.outputs, current.data.samples),
    terms.seed,
  ]);
  const { psi, level, mmd } = DRIFT_THRESHOLDS;
  const sources = [`PSI: ${psi.source}`, `KS: ${level.source}`, `MMD: ${mmd.source}`];
  return { inputs, outputs, thresholds: { watch: psi.watch, alert: psi.alert, sources } };
}

function summarise(
  quantities: readonly Quantity[],
  [reference, current, seed]: readonly [Points, Points, string],
): PartDrift {
  const measured = measureQuantities(quantities);
  const hasEnough = Math.min(reference.count, current.count) >= FEWEST_POINTS;
  const joint = hasEnough ? measureJointly(reference, current, seed) : null;
  const listed = measured.toSorted(
    (a, b) => SEVERITY.indexOf(b.state) - SEVERITY.indexOf(a.state) || a.pValue - b.pValue || b.psi - a.psi,
  );
  return {
    compared: measured.length,
    quantities: listed.slice(0, MOST_LISTED).map(({ bounds, reference: before, current: now, ...rest }) => ({
      ...rest,
      bounds: [...bounds],
      reference: [...before],
      current: [...now],
    })),
    joint,
    state: worstOf([...measured.map(({ state }) => state), joint?.state ?? 'steady']),
  };
}

const SEVERITY: readonly ShownDriftState[] = ['steady', 'watch', 'alert'];

const worstOf = (states: readonly ShownDriftState[]): ShownDriftState =>
  SEVERITY.findLast((each) => states.includes(each)) ?? 'steady';

function inputQuantities(reference: Dataset, current: Dataset, names: readonly string[] | null): Quantity[] {
  if (recordsAre(reference) === 'images') {
    const [before, now] = [describeImages(reference), describeImages(current)];
    return before.map(({ name, values }, i) => ({ name, reference: values, current: now[i]?.values ?? [] }));
  }
  const width = reference.inputs.length / reference.samples;
  return Array.from({ length: width }, (_, k) => ({
    name: names?.[k] ?? `input ${k + 1}`,
    reference: column(reference.inputs, width, k),
    current: column(current.inputs, width, k),
  })).filter(({ reference: values }) => values.some((value) => value !== values[0]));
}

/** Of two classes one probability says all. */
function outputQuantities(reference: DrawnPart, current: DrawnPart, isClassifier: boolean): Quantity[] {
  const { classNames, classes } = reference.data;
  const width = isClassifier ? classes : 1;
  const valuesOf = (part: DrawnPart, k: number): number[] => {
    const values = column(part.outputs, width, k);
    return isClassifier ? values.map((value) => Math.round(value * STEPS) / STEPS) : values;
  };
  const quantity = (k: number, name: string): Quantity => ({
    name,
    reference: valuesOf(reference, k),
    current: valuesOf(current, k),
  });
  if (!isClassifier) return [quantity(0, 'log risk')];
  const judged = classes === 2 ? [1] : Array.from({ length: classes }, (_, k) => k);
  return judged.map((k) => quantity(k, `probability of ${classNames[k]}`));
}

const column = (values: Float32Array, width: number, k: number): number[] =>
  Array.from({ length: values.length / width }, (_, row) => values[row * width + k] as number);

/** The first records, thinned; they are in random order. */
function pointsOf(values: Float32Array, records: number): Points {
  const width = values.length / records;
  const step = Math.ceil(width / MOST_NUMBERS);
  const count = Math.min(records, MOST_POINTS);
  const kept: number[] = [];
  for (let record = 0; record < count; record++) {
    for (let k = 0; k < width; k += step) kept.push(values[record * width + k] as number);
  }
  return { values: kept, count };
}
