/**
 * 16-bit floats (IEEE 754 binary16), rounded to nearest, ties to even. What is too large becomes the largest finite number, so that an
 * outlier does not turn into infinity; NaN and infinity stay what they are, and are refused where they arrive.
 */
const LARGEST = 0x7bff;
/** Bits of the smallest 32-bit float that rounds past the largest 16-bit one. */
const OVERFLOW_BITS = 0x477f_f000;
/** Bits of 2^-14, the smallest normal 16-bit float. */
const NORMAL_BITS = 0x3880_0000;
const INFINITY_BITS = 0x7f80_0000;
/** Subnormal 16-bit floats are multiples of 2^-24. */
const SUBNORMAL_SCALE = 2 ** 24;

/** @param parameters n numbers @returns 2 n bytes, little-endian */
export function encodeHalves(parameters: Float32Array): Uint8Array {
  const bits = new Uint32Array(parameters.buffer, parameters.byteOffset, parameters.length);
  const bytes = new Uint8Array(2 * parameters.length);
  for (let i = 0; i < bits.length; i++) {
    const half = toHalf(bits[i] as number, parameters[i] as number);
    bytes[2 * i] = half & 0xff;
    bytes[2 * i + 1] = half >> 8;
  }
  return bytes;
}

function toHalf(bits: number, value: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fff_ffff;
  if (magnitude >= INFINITY_BITS) return sign | (magnitude > INFINITY_BITS ? 0x7e00 : 0x7c00);
  if (magnitude >= OVERFLOW_BITS) return sign | LARGEST;
  if (magnitude < NORMAL_BITS) return sign | (Math.abs(value) * SUBNORMAL_SCALE + ROUNDER - ROUNDER);
  return sign | ((magnitude + 0xfff + ((magnitude >>> 13) & 1) - 0x3800_0000) >>> 13);
}

/** Added and taken away again in 64 bits, it leaves the nearest whole number; of two, the even one. For less than 2^51, either sign. */
export const ROUNDER = 1.5 * 2 ** 52;

const VALUES = Float32Array.from({ length: 65_536 }, (_, half) => {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? (sign * fraction) / SUBNORMAL_SCALE : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
});

/** Reverses {@link encodeHalves}. */
export function decodeHalves(bytes: Uint8Array): Float32Array {
  const parameters = new Float32Array(bytes.length >> 1);
  for (let i = 0; i < parameters.length; i++) {
    parameters[i] = VALUES[(bytes[2 * i] as number) | ((bytes[2 * i + 1] as number) << 8)] as number;
  }
  return parameters;
}
