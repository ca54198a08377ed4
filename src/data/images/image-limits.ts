/** Numbers in one frame, channels counted: a mammogram of 4,096 × 6,144 fits, and takes 128 MiB as floats. */
export const MAX_FRAME_VALUES = 2 ** 25;
/** As DICOM allows: Rows and Columns have 16 bits. */
export const MAX_SIDE_PIXELS = 65_535;
/** A whole-body CT has about 2,000 slices; a long cine loop about as many frames. */
export const MAX_FRAMES = 16_384;
/** What a compressed file or part of a file may unpack to; and how often its size, once it is above {@link SMALL_BYTES}. */
export const MAX_INFLATED_BYTES = 64 * 2 ** 20;
export const MAX_INFLATE_RATIO = 200;
export const SMALL_BYTES = 2 ** 20;
