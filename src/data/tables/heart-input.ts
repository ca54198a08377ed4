import type { DemographicSource } from '../demographics.ts';
import type { TableInput } from '../input-spec.ts';

/** Name, what can be, and a usual value with its spread. */
type Measurement = readonly [name: string, least: number, most: number, usual: number, spread: number];

/** Ranges and usual values of adults in cardiology, not those of the data set. */
const MEASUREMENTS: readonly Measurement[] = [
  ['age', 18, 100, 55, 10], // years
  ['trestbps', 60, 260, 130, 20], // systolic blood pressure at rest, mmHg; 0 stands for not measured
  ['chol', 60, 700, 220, 50], // cholesterol, mg/dl; 0 stands for not measured
  ['thalach', 50, 230, 140, 25], // highest heart rate reached, per minute
  ['oldpeak', -5, 10, 1, 1], // ST depression by exercise, mm
  ['ca', 0, 3, 0.5, 1], // major vessels coloured by fluoroscopy
];

const CATEGORIES: readonly (readonly [string, readonly string[]])[] = [
  ['sex', ['0', '1']],
  ['cp', ['1', '2', '3', '4']],
  ['fbs', ['0', '1']],
  ['restecg', ['0', '1', '2']],
  ['exang', ['0', '1']],
  ['slope', ['1', '2', '3']],
  ['thal', ['3', '6', '7']],
];

/**
 * The UCI heart disease tables (Detrano et al. 1989; Cleveland, Hungary, Switzerland, Long Beach): thirteen features, of which whole
 * columns are missing at some hospitals; disease is a `target` above 0.
 */
export const heartInput: TableInput = {
  kind: 'table',
  columns: [
    ...MEASUREMENTS.map(([name, least, most, usual, spread]) => ({
      ...({ kind: 'number', name, least, most } as const),
      fill: usual,
      offset: usual,
      scale: 1 / spread,
      indicator: true,
    })),
    ...CATEGORIES.map(([name, levels]) => ({ kind: 'category' as const, name, levels: [...levels], indicator: false })),
  ],
  label: { kind: 'threshold', column: 'target', above: 0, classes: ['healthy', 'disease'] },
  patient: null,
  time: null,
  missing: ['?'],
};

/** Where the same tables have sex and age: 1 is male. */
export const heartDemographics: DemographicSource = {
  sex: { column: 'sex', female: '0', male: '1' },
  age: { column: 'age' },
};
