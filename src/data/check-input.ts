import { DataError } from './data-error.ts';
import type { Dataset } from './dataset.ts';
import { classesOf, type InputSpec, inputShapeOf } from './input-spec.ts';

/**
 * Prepared data must have the shape and the classes of the study's input.
 * @throws DataError `data/unsuitable`
 */
export function checkInput(
  { inputShape, classNames }: Pick<Dataset, 'inputShape' | 'classNames'>,
  spec: InputSpec,
): void {
  const [shape, classes] = [inputShapeOf(spec), classesOf(spec)];
  if (inputShape.join() !== shape.join()) {
    throw unsuitable(`samples of shape [${inputShape}], and the study has [${shape}]`);
  }
  if (classNames.join('\n') !== classes.join('\n')) throw unsuitable('other classes than the study, or another order');
}

function unsuitable(reason: string): DataError {
  return new DataError('data/unsuitable', `the data have ${reason}; run 'consilium data split' with its manifest`);
}
