import type { Dataset } from '../../data/dataset.ts';
import type { PictureExamples } from '../member-pictures.ts';

/** How records can be shown: images have height, width and channels, rows of a table one dimension. */
export const recordsAre = ({ inputShape }: Pick<Dataset, 'inputShape'>): PictureExamples['kind'] =>
  inputShape.length === 3 ? 'images' : 'tables';
