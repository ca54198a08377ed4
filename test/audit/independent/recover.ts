import { keccak256 } from './keccak.ts';

/** Public-key recovery on secp256k1 (SEC 1, section 4.1.6), in affine coordinates: slow, short, and nobody else's code. */

const P = 2n ** 256n - 2n ** 32n - 977n;
const N = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const G: Point = [
  0x79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798n,
  0x483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8n,
];

type Point = readonly [x: bigint, y: bigint] | null;

const modulo = (a: bigint, m: bigint): bigint => ((a % m) + m) % m;

function inverse(a: bigint, m: bigint): bigint {
  let [r, next, s, t] = [m, modulo(a, m), 0n, 1n];
  while (next !== 0n) {
    const quotient = r / next;
    [r, next, s, t] = [next, r - quotient * next, t, s - quotient * t];
  }
  return modulo(s, m);
}

function power(base: bigint, exponent: bigint): bigint {
  let [result, square] = [1n, base];
  for (let bits = exponent; bits > 0n; bits >>= 1n) {
    if (bits & 1n) result = (result * square) % P;
    square = (square * square) % P;
  }
  return result;
}

function add(a: Point, b: Point): Point {
  if (a === null || b === null) return a ?? b;
  const isSame = a[0] === b[0];
  if (isSame && modulo(a[1] + b[1], P) === 0n) return null;
  const slope = isSame ? 3n * a[0] * a[0] * inverse(2n * a[1], P) : (b[1] - a[1]) * inverse(b[0] - a[0], P);
  const x = modulo(slope * slope - a[0] - b[0], P);
  return [x, modulo(slope * (a[0] - x) - a[1], P)];
}

function multiply(point: Point, scalar: bigint): Point {
  let [sum, double]: [Point, Point] = [null, point];
  for (let bits = scalar; bits > 0n; bits >>= 1n) {
    if (bits & 1n) sum = add(sum, double);
    double = add(double, double);
  }
  return sum;
}

/** @returns the signer's address, `0x` and lower case, or null if no key made the signature */
export function recoverAddress(digest: Uint8Array, { r, vs }: { r: string; vs: string }): string | null {
  const [x, packed] = [BigInt(r), BigInt(vs)];
  const [isOdd, s] = [packed >> 255n, packed & ((1n << 255n) - 1n)];
  if (x === 0n || x >= N || s === 0n || s >= N) return null;
  const square = (x ** 3n + 7n) % P;
  const root = power(square, (P + 1n) / 4n);
  if ((root * root) % P !== square) return null;
  const point: Point = [x, (root & 1n) === isOdd ? root : P - root];
  const byR = inverse(x, N);
  const message = BigInt(`0x${Buffer.from(digest).toString('hex')}`);
  const key = add(multiply(G, modulo(-message * byR, N)), multiply(point, modulo(s * byR, N)));
  if (key === null) return null;
  const bytes = Buffer.from(key.map((part) => part.toString(16).padStart(64, '0')).join(''), 'hex');
  return `0x${keccak256(bytes).subarray(12).toString('hex')}`;
}
