import type { ReadingOptions } from '../../../src/data/images/reading-options.ts';

/** How damaged files are read: all that is in them, as it is. */
export const FUZZ_OPTIONS: ReadingOptions = {
  labelTag: null,
  window: 'file',
  frames: 'all',
  burnedIn: 'ignore',
  size: null,
};
