import { type DataError, fileError } from '../data-error.ts';

const DAMAGED = 'export it again or leave it out';

/** What is wrong within one file, before anyone says which file it is. */
export interface ImageProblem {
  readonly code: 'data/bad-image' | 'data/unsupported-image' | 'data/too-large' | 'data/no-pixels';
  readonly reason: string;
  readonly offset: number;
}

/** @returns an error that names the file and the byte; never what was thrown below, which may quote the file. */
export function imageError(path: string, { code, reason, offset }: ImageProblem): DataError {
  return fileError(code, path, { reason, remedy: REMEDIES[code], offset });
}

const REMEDIES: Readonly<Record<ImageProblem['code'], string>> = {
  'data/bad-image': DAMAGED,
  'data/unsupported-image': 'convert it, or leave it out',
  'data/too-large': 'export a smaller one, or leave it out',
  'data/no-pixels': 'give image files only',
};

/** @throws DataError `data/bad-image` or `data/too-large` if a frame has no pixels or too many */
export function checkFrameSize(path: string, size: readonly [number, number, number], limits: FrameLimits): void {
  const [height, width, channels] = size;
  const { offset } = limits;
  if (height < 1 || width < 1) {
    throw imageError(path, { code: 'data/bad-image', reason: `states ${width} × ${height} pixels`, offset });
  }
  if (Math.max(height, width) > limits.side || height * width * channels > limits.values) {
    const reason = `states ${width} × ${height} pixels of ${channels} channels, more than are read`;
    throw imageError(path, { code: 'data/too-large', reason, offset });
  }
}

interface FrameLimits {
  readonly side: number;
  readonly values: number;
  readonly offset: number;
}
