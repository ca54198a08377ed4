/** [height, width, channels] of one image. */
export type ImageShape = readonly [number, number, number];
