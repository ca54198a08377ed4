import type { InputScaling } from './dataset.ts';

/**
 * Smallest and largest published value of each feature, so that no member needs another's data to scale its own.
 * Source: summary statistics in `data/breast_cancer.rst`.
 */
const RANGES: readonly (readonly [number, number])[] = [
  [6.981, 28.11], // radius (mean)
  [9.71, 39.28], // texture (mean)
  [43.79, 188.5], // perimeter (mean)
  [143.5, 2501], // area (mean)
  [0.053, 0.163], // smoothness (mean)
  [0.019, 0.345], // compactness (mean)
  [0, 0.427], // concavity (mean)
  [0, 0.201], // concave points (mean)
  [0.106, 0.304], // symmetry (mean)
  [0.05, 0.097], // fractal dimension (mean)
  [0.112, 2.873], // radius (standard error)
  [0.36, 4.885], // texture (standard error)
  [0.757, 21.98], // perimeter (standard error)
  [6.802, 542.2], // area (standard error)
  [0.002, 0.031], // smoothness (standard error)
  [0.002, 0.135], // compactness (standard error)
  [0, 0.396], // concavity (standard error)
  [0, 0.053], // concave points (standard error)
  [0.008, 0.079], // symmetry (standard error)
  [0.001, 0.03], // fractal dimension (standard error)
  [7.93, 36.04], // radius (worst)
  [12.02, 49.54], // texture (worst)
  [50.41, 251.2], // perimeter (worst)
  [185.2, 4254], // area (worst)
  [0.071, 0.223], // smoothness (worst)
  [0.027, 1.058], // compactness (worst)
  [0, 1.252], // concavity (worst)
  [0, 0.291], // concave points (worst)
  [0.156, 0.664], // symmetry (worst)
  [0.055, 0.208], // fractal dimension (worst)
];

/** Most features are skewed: their mean lies near this part of the range … */
const CENTRE = 0.25;
/** … and their standard deviation near this part of it. */
const SPREAD = 0.15;

/** Maps each feature's published range so that values have a mean near 0 and a standard deviation near 1. */
export const wdbcScaling: InputScaling = {
  offset: RANGES.map(([least, most]) => least + CENTRE * (most - least)),
  scale: RANGES.map(([least, most]) => 1 / (SPREAD * (most - least))),
};
