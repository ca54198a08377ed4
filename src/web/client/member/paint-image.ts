/** An image and its saliency as the peer tells them. */
export interface RawImage {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** Base64, a byte a number. */
  readonly pixels: string;
  /** Base64, a byte a pixel. */
  readonly saliency: string;
}

/** Of the overlay, in both themes. */
const ORANGE = [255, 106, 0] as const;
/** The image stays to be seen below it. */
const DENSEST = 0.85;
const OPAQUE = 255;

export function paintImage(context: CanvasRenderingContext2D, image: RawImage): void {
  context.putImageData(
    toImageData(image, () => 0),
    0,
    0,
  );
}

export function paintSaliency(context: CanvasRenderingContext2D, image: RawImage): void {
  const saliency = bytesOf(image.saliency);
  context.putImageData(
    toImageData(image, (pixel) => (DENSEST * (saliency[pixel] ?? 0)) / OPAQUE),
    0,
    0,
  );
}

/** @param density of the overlay at a pixel, 0 … 1 */
function toImageData({ height, width, channels, pixels }: RawImage, density: (pixel: number) => number): ImageData {
  const values = bytesOf(pixels);
  const data = new ImageData(width, height);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const share = density(pixel);
    for (let colour = 0; colour < 3; colour++) {
      const value = values[pixel * channels + (channels === 1 ? 0 : colour)] ?? 0;
      data.data[4 * pixel + colour] = (1 - share) * value + share * (ORANGE[colour] ?? 0);
    }
    data.data[4 * pixel + 3] = OPAQUE;
  }
  return data;
}

const bytesOf = (base64: string): Uint8Array => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
