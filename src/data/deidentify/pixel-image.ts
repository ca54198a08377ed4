/** Decoded pixels of one frame, row after row, channels of a pixel side by side. */
export interface PixelImage {
  readonly width: number;
  readonly height: number;
  /** 1 for grey, 3 for colour. */
  readonly channels: number;
  /** height × width × channels numbers of any range. */
  readonly values: PixelValues;
}

export type PixelValues =
  | Uint8Array
  | Uint8ClampedArray
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array;

/** A rectangle of pixels; x to the right and y downwards from the upper left corner. */
export interface Region {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}
