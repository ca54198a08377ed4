import { imageError } from '../images/image-error.ts';
import type { UnitImage } from '../images/image-file.ts';
import type { ReadingOptions } from '../images/reading-options.ts';
import { unitRange } from '../images/unit-range.ts';
import { decimal, text } from './dicom-values.ts';
import type { Samples } from './frame-samples.ts';
import { type OpenDicom, offsetOf } from './open-dicom.ts';
import type { PixelLayout } from './pixel-layout.ts';

const MODALITY_TABLE = 0x00283000;

/** Maps a rescaled value to 0 … 1. */
type Window = (value: number) => number;

/**
 * A grey frame: stored values are rescaled (to Hounsfield units for CT), cut to a window and, for MONOCHROME1, turned from
 * negative to positive.
 *
 * Source: DICOM PS3.3 C.11.1.1.2 and C.11.2.1.
 * @throws DataError `data/bad-image`, or `data/unsupported-image` if values are rescaled by a table
 */
export function greyImage(file: OpenDicom, samples: Samples, options: GreyOptions): UnitImage {
  const { rows, columns, photometric } = options.layout;
  const { slope, intercept } = readRescale(file);
  const window = chooseWindow(file, options.window);
  const values = new Float32Array(rows * columns);
  for (let pixel = 0; pixel < values.length; pixel++) values[pixel] = (samples[pixel] as number) * slope + intercept;
  if (!window) unitRange(values);
  const isNegative = photometric === 'MONOCHROME1';
  for (let pixel = 0; pixel < values.length; pixel++) {
    const value = window ? window(values[pixel] as number) : (values[pixel] as number);
    values[pixel] = isNegative ? 1 - value : value;
  }
  return { width: columns, height: rows, channels: 1, values };
}

interface GreyOptions {
  readonly layout: PixelLayout;
  readonly window: ReadingOptions['window'];
}

function readRescale(file: OpenDicom): { slope: number; intercept: number } {
  if (file.elements.has(MODALITY_TABLE)) {
    const reason = 'rescales its values by a table';
    throw imageError(file.path, { code: 'data/unsupported-image', reason, offset: offsetOf(file, 0x7fe00010) });
  }
  const slope = decimal(file, 0x00281053) ?? 1;
  const intercept = decimal(file, 0x00281052) ?? 0;
  if (slope !== 0) return { slope, intercept };
  const offset = offsetOf(file, 0x00281053);
  throw imageError(file.path, { code: 'data/bad-image', reason: 'has Rescale Slope 0', offset });
}

/** @returns null if the image's own smallest and largest value are to be black and white */
function chooseWindow(file: OpenDicom, choice: ReadingOptions['window']): Window | null {
  if (choice === 'range') return null;
  if (choice !== 'file') return exactWindow(choice.centre, choice.width);
  const [centre, width] = [decimal(file, 0x00281050), decimal(file, 0x00281051)];
  if (centre === null || width === null || width <= 0) return null;
  const shape = text(file, 0x00281056);
  if (shape === 'SIGMOID') return (value) => 1 / (1 + Math.exp((-4 * (value - centre)) / width));
  if (shape === 'LINEAR_EXACT' || width <= 1) return exactWindow(centre, width);
  return (value) => clamp((value - (centre - 0.5)) / (width - 1) + 0.5);
}

function exactWindow(centre: number, width: number): Window {
  return (value) => clamp((value - centre) / width + 0.5);
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}
