import { createSeededRandom } from '../base/seeded-random.ts';

/** Numbers that stand for a vector of any length. */
const SKETCH_WIDTH = 1024;

/** A vector, folded into {@link SKETCH_WIDTH} numbers; sketches add up as their vectors do. */
export type Sketch = Float64Array;

/**
 * Count sketches (Charikar, Chen and Farach-Colton 2002, doi:10.1016/S0304-3975(03)00400-6): each element is added, with a sign, to one of
 * the sketch's numbers, both by a keyed hash of its place. Squared lengths and products of vectors are those of their sketches, on average;
 * of 1 − cosine of two nearly equal vectors the standard deviation is √(2 / 1024) of it.
 */
export interface Sketcher {
  /** @param start place of the part's first element in its vector */
  add(sketch: Sketch, part: Float32Array, start: number): void;
}

export const emptySketch = (): Sketch => new Float64Array(SKETCH_WIDTH);

/** @param seed what nobody knew when the vectors were made; whoever knows it can make vectors that their sketches hide */
export function createSketcher(seed: string): Sketcher {
  const random = createSeededRandom(seed, 'update-sketch');
  const [before, after] = [random.integer(2 ** 32), random.integer(2 ** 32)];
  return {
    add(sketch, part, start) {
      for (let i = 0; i < part.length; i++) {
        const hash = scramble(scramble((start + i) ^ before) ^ after);
        const place = hash & (SKETCH_WIDTH - 1);
        const value = part[i] as number;
        sketch[place] = (sketch[place] as number) + (hash < 0 ? -value : value);
      }
    },
  };
}

/** The finaliser of MurmurHash3, which is one to one on 32-bit integers. */
function scramble(value: number): number {
  let mixed = value;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85eb_ca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35);
  return mixed ^ (mixed >>> 16);
}

/** From where to where a vector went. */
export interface SketchedChange {
  readonly from: Sketch;
  readonly to: Sketch;
}

/** 1 − the cosine of two changes; 1 where one of them is nothing. */
export function angleBetween(a: SketchedChange, b: SketchedChange): number {
  let [product, lengthA, lengthB] = [0, 0, 0];
  for (let i = 0; i < a.to.length; i++) {
    const x = (a.to[i] as number) - (a.from[i] as number);
    const y = (b.to[i] as number) - (b.from[i] as number);
    product += x * y;
    lengthA += x * x;
    lengthB += y * y;
  }
  const lengths = Math.sqrt(lengthA) * Math.sqrt(lengthB);
  return lengths === 0 ? 1 : Math.max(0, 1 - product / lengths);
}

/** Distance of two vectors. */
export function distanceBetween(a: Sketch, b: Sketch): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += ((a[i] as number) - (b[i] as number)) ** 2;
  return Math.sqrt(sum);
}

/** Distance of two changes. */
export function changeBetween(a: SketchedChange, b: SketchedChange): number {
  let sum = 0;
  for (let i = 0; i < a.to.length; i++) {
    const [x, y] = [(a.to[i] as number) - (a.from[i] as number), (b.to[i] as number) - (b.from[i] as number)];
    sum += (x - y) ** 2;
  }
  return Math.sqrt(sum);
}
