import type { PixelImage, PixelValues } from './pixel-image.ts';

/** Little-endian samples as numbers that share their memory with the bytes, which must begin their buffer. */
export function pixelValues(bytes: Uint8Array<ArrayBuffer>, bytesPerValue: number, isSigned: boolean): PixelValues {
  const { buffer, length } = bytes;
  const count = Math.floor(length / bytesPerValue);
  if (bytesPerValue === 1) return new Uint8Array(buffer, 0, count);
  if (bytesPerValue === 2) return isSigned ? new Int16Array(buffer, 0, count) : new Uint16Array(buffer, 0, count);
  return new Uint32Array(buffer, 0, count);
}

/**
 * Planes of one shape that lie one after the other; what is left behind them becomes zero.
 * @returns undefined if there are fewer values than that
 */
export function planesOf(
  values: PixelValues,
  shape: Omit<PixelImage, 'values'>,
  count: number,
): PixelImage[] | undefined {
  const size = shape.width * shape.height * shape.channels;
  if (size === 0 || values.length < count * size) return undefined;
  values.fill(0, count * size);
  return Array.from({ length: count }, (_, index) => ({
    ...shape,
    values: values.subarray(index * size, (index + 1) * size),
  }));
}
