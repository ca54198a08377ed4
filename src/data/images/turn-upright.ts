import type { UnitImage } from './image-file.ts';

/**
 * Turns and mirrors an image that was stored in one of the eight EXIF orientations.
 * @param orientation what the first stored row and column are: 1 top and left, 2 top and right, 3 bottom and right, 4 bottom and
 * left, 5 left and top, 6 right and top, 7 right and bottom, 8 left and bottom
 */
export function turnUpright(image: UnitImage, orientation: number): UnitImage {
  if (orientation <= 1 || orientation > 8) return image;
  const isTurned = orientation >= 5;
  const [width, height] = isTurned ? [image.height, image.width] : [image.width, image.height];
  const isFlippedAcross = [2, 3, 7, 8].includes(orientation);
  const isFlippedDown = [3, 4, 6, 7].includes(orientation);
  const values = new Float32Array(image.values.length);
  let filled = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [column, row] = isTurned ? [y, x] : [x, y];
      const sourceX = isFlippedAcross ? image.width - 1 - column : column;
      const sourceY = isFlippedDown ? image.height - 1 - row : row;
      const at = (sourceY * image.width + sourceX) * image.channels;
      for (let channel = 0; channel < image.channels; channel++) {
        values[filled++] = image.values[at + channel] as number;
      }
    }
  }
  return { ...image, width, height, values };
}
