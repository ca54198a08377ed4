import type { PictureExamples } from '../../../peer/member-pictures.ts';
import { percent } from '../shell/format.ts';

type ImageRecord = Extract<PictureExamples, { kind: 'images' }>['images'][number];
export type JudgedRecord = Pick<ImageRecord, 'truth' | 'predicted' | 'probability'>;

/** What a record is and what it is taken for, in words. */
export function inWords({ truth, predicted, probability }: JudgedRecord, classNames: readonly string[]): string {
  if (predicted === null) return truth === 1 ? 'with an event' : 'without an event so far';
  const taken = `taken for ${classNames[predicted]} with ${percent(probability)}`;
  return predicted === truth ? `${taken}, rightly` : `${taken}, but is ${classNames[truth]}`;
}
