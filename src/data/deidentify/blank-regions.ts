import type { PixelImage, Region } from './pixel-image.ts';

/**
 * Writes one value over rectangles, in place; what lies outside of the image is left out.
 * @param blank what the pixels become, in every channel; the image's darkest value if left out
 */
export function blankRegions(image: PixelImage, regions: readonly Region[], blank = darkest(image)): void {
  const { width, height, channels, values } = image;
  for (const region of regions) {
    const left = Math.min(width, Math.max(0, Math.floor(region.x)));
    const right = Math.min(width, Math.max(left, Math.ceil(region.x + region.width)));
    const bottom = Math.min(height, Math.ceil(region.y + region.height));
    for (let y = Math.max(0, Math.floor(region.y)); y < bottom; y++) {
      values.fill(blank, (y * width + left) * channels, (y * width + right) * channels);
    }
  }
}

function darkest({ values }: PixelImage): number {
  let least = values[0] ?? 0;
  for (const value of values) if (value < least) least = value;
  return least;
}
