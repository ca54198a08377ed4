import { normalizeZ } from '@noble/curves/abstract/curve.js';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { SigningKey } from 'ethers';
import { fromHex, type Hex } from '../base/bytes.ts';
import { recoverSigner, type Signature, toEthersSignature } from './signature.ts';

/** The question whether `account`'s key made `signature` over `digest`. */
export interface SignatureQuestion {
  readonly account: Hex;
  readonly digest: Hex;
  readonly signature: Signature;
}

/** Answers such questions as `recoverSigner` does, some hundreds together, several times faster where few keys sign much. */
export interface SignatureBatch {
  /** @returns for each question whether the signature is that of the account */
  check(questions: readonly SignatureQuestion[]): boolean[];
}

const { Point } = secp256k1;
type CurvePoint = InstanceType<typeof Point>;
const { Fn, Fp } = Point;
const P = Fp.ORDER;
const S_MASK = (1n << 255n) - 1n;
const WINDOW_BITS = 8;
const WINDOWS = 32;
const DIGITS = 1 << WINDOW_BITS;

interface Affine {
  readonly x: bigint;
  readonly y: bigint;
}

/** d · 2^(8w) · point at place w · 256 + d, so that a multiple of the point is a sum of 32 of them. */
type Multiples = readonly (Affine | null)[];

/** A table costs as much as some thirty recoveries. */
const SIGNATURES_BEFORE_TABLE = 32;

/**
 * An account's good signatures are recovered one by one until a table pays. Then their public key and tables of its multiples, a megabyte a
 * key, make the others sums of points, and all sums of a batch advance together, so that they share the inversions.
 */
export function createSignatureBatch(): SignatureBatch {
  let generator: Multiples | null = null;
  const keys = new Map<Hex, Multiples>();
  const counts = new Map<Hex, number>();
  const learn = (question: SignatureQuestion): void => {
    const count = (counts.get(question.account) ?? 0) + 1;
    counts.set(question.account, count);
    if (count < SIGNATURES_BEFORE_TABLE || keys.has(question.account)) return;
    generator ??= multiplesOf(Point.BASE);
    keys.set(question.account, multiplesOf(publicKeyOf(question)));
  };
  return {
    check: (questions) => {
      const answers: boolean[] = [];
      const sums: (Sum | null)[] = questions.map((question, i) => {
        const known = keys.get(question.account);
        const sum = known === undefined || generator === null ? null : beginSum(question, generator, known);
        if (sum !== null) return sum;
        answers[i] = recoverSigner(question.digest, question.signature) === question.account;
        if (answers[i]) learn(question);
        return null;
      });
      addUp(sums.filter((sum) => sum !== null));
      return questions.map((question, i) => {
        const sum = sums[i];
        if (sum == null) return answers[i] ?? false;
        // Two equal points met, which chance does not bring about: the general way knows what to do.
        if (sum.isOdd || sum.at === null)
          return recoverSigner(question.digest, question.signature) === question.account;
        return Fn.create(sum.at.x) === sum.r && (sum.at.y & 1n) === sum.parity;
      });
    },
  };
}

function publicKeyOf({ digest, signature }: SignatureQuestion): CurvePoint {
  return Point.fromHex(SigningKey.recoverPublicKey(digest, toEthersSignature(signature)).slice(2));
}

function multiplesOf(point: CurvePoint): Multiples {
  const points: CurvePoint[] = [];
  let base = point;
  for (let window = 0; window < WINDOWS; window++) {
    let multiple = base;
    for (let digit = 1; digit < DIGITS; digit++) {
      points.push(multiple);
      multiple = multiple.add(base);
    }
    base = multiple;
  }
  const affine = normalizeZ(Point, points).map((each) => each.toAffine());
  return Array.from({ length: WINDOWS * DIGITS }, (_, i) => {
    const [window, digit] = [Math.floor(i / DIGITS), i % DIGITS];
    return digit === 0 ? null : (affine[window * (DIGITS - 1) + digit - 1] ?? null);
  });
}

/** A sum of points on its way to the point of a signature. */
interface Sum {
  readonly terms: readonly Affine[];
  readonly r: bigint;
  readonly parity: bigint;
  at: Affine | null;
  /** True if two points of equal x met. */
  isOdd: boolean;
}

/** ECDSA verification (SEC 1, section 4.1.4) up to the sum; null where recovery is to say what is wrong. */
function beginSum({ digest, signature }: SignatureQuestion, generator: Multiples, key: Multiples): Sum | null {
  const [r, vs] = [BigInt(signature.r), BigInt(signature.vs)];
  const s = vs & S_MASK;
  if (r === 0n || r >= Fn.ORDER || s === 0n || s >= Fn.ORDER) return null;
  const inverse = Fn.inv(s);
  const terms = [
    ...termsOf(Fn.mul(Fn.create(BigInt(digest)), inverse), generator),
    ...termsOf(Fn.mul(r, inverse), key),
  ];
  return { terms, r, parity: vs >> 255n, at: null, isOdd: false };
}

function termsOf(scalar: bigint, multiples: Multiples): Affine[] {
  const bytes = fromHex(scalar.toString(16).padStart(2 * WINDOWS, '0')).toReversed();
  const terms: Affine[] = [];
  for (const [window, digit] of bytes.entries()) {
    const term = multiples[window * DIGITS + digit];
    if (term != null) terms.push(term);
  }
  return terms;
}

/** Adds the k-th terms of all sums at once: one inversion a step (Montgomery's trick), six multiplications a point. */
function addUp(sums: readonly Sum[]): void {
  const steps = Math.max(0, ...sums.map(({ terms }) => terms.length));
  for (let k = 0; k < steps; k++) {
    const waiting: { sum: Sum; from: Affine; term: Affine; before: bigint }[] = [];
    let product = 1n;
    for (const sum of sums) {
      const term = sum.terms[k];
      if (term === undefined || sum.isOdd) continue;
      if (sum.at === null) sum.at = term;
      else if (sum.at.x === term.x) sum.isOdd = true;
      else {
        waiting.push({ sum, from: sum.at, term, before: product });
        product = (product * (term.x - sum.at.x)) % P;
      }
    }
    let inverse = waiting.length === 0 ? 1n : Fp.inv(Fp.create(product));
    for (const { sum, from, term, before } of waiting.toReversed()) {
      const slope = ((term.y - from.y) * ((inverse * before) % P)) % P;
      inverse = (inverse * (term.x - from.x)) % P;
      const x = Fp.create(slope * slope - from.x - term.x);
      sum.at = { x, y: Fp.create(slope * (from.x - x) - from.y) };
    }
  }
}
