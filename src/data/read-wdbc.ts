import { fileURLToPath } from 'node:url';
import { parseLabelledTable } from './csv-table.ts';
import { type Dataset, scaleInputs } from './dataset.ts';
import { readRegularFile } from './read-file.ts';
import { wdbcScaling } from './wdbc-scaling.ts';

const FILE = fileURLToPath(new URL('../../data/breast_cancer.csv', import.meta.url));
const FEATURES = 30;

/**
 * Wisconsin diagnostic breast cancer: 569 fine-needle aspirates, 30 measurements each; class 0 is malignant (212
 * samples), class 1 benign (357). Source and licence: `data/README.md`.
 * @throws DataError if the file is missing or damaged
 */
export async function readWdbc(): Promise<Dataset> {
  const [, ...lines] = (await readRegularFile(FILE)).toString('latin1').trimEnd().split('\n');
  const { values, labels, rows } = parseLabelledTable(FILE, lines, FEATURES + 1, 2);
  return {
    inputs: scaleInputs(values, wdbcScaling),
    labels,
    samples: rows,
    inputShape: [FEATURES],
    classes: 2,
    classNames: ['malignant', 'benign'],
    inputScaling: wdbcScaling,
  };
}
