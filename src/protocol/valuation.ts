import { z } from 'zod';
import { type Hex, toHex } from '../base/bytes.ts';
import { ConsiliumError } from '../base/errors.ts';
import { structHasher } from './typed-struct.ts';
import { addressSchema, digestSchema, roundSchema } from './wire-types.ts';

/** The scores and salt that open the commitment in the evaluator's next contribution. */
export const valuationSchema = z.strictObject({
  study: digestSchema,
  round: roundSchema,
  evaluator: addressSchema,
  /** Packed scores, see {@link packScores}. */
  scores: z.array(digestSchema).max(8),
  salt: digestSchema,
});

export type Valuation = z.infer<typeof valuationSchema>;

const FIELDS = [
  { name: 'study', type: 'bytes32' },
  { name: 'round', type: 'uint32' },
  { name: 'evaluator', type: 'address' },
  { name: 'scores', type: 'bytes32[]' },
  { name: 'salt', type: 'bytes32' },
];

/** EIP-712 struct hash: the commitment, and what the ledger's head chain takes in. */
export const hashValuation: (valuation: Valuation) => Hex = structHasher('Valuation', FIELDS);

const SCORES_PER_WORD = 8;
/** The int32 that stands for "not scored". */
const NOT_SCORED = -0x8000_0000;

/**
 * Packs scores as int32, eight to a 32-byte word, the lowest position first.
 * @param scores one score in millionths of the utility's unit for each participant position, null for "not scored"
 * @throws ConsiliumError `protocol/score-out-of-range`
 */
export function packScores(scores: readonly (number | null)[]): Hex[] {
  const words: Hex[] = [];
  for (let start = 0; start < scores.length; start += SCORES_PER_WORD) {
    const word = new DataView(new ArrayBuffer(32));
    for (let i = 0; i < SCORES_PER_WORD; i++) {
      const score = scores[start + i] ?? null;
      if (score !== null && (!Number.isInteger(score) || Math.abs(score) > 0x7fff_ffff)) {
        throw new ConsiliumError('protocol/score-out-of-range', `score ${score} is not a 32-bit integer of millionths`);
      }
      word.setInt32(i * 4, score ?? NOT_SCORED);
    }
    words.push(toHex(new Uint8Array(word.buffer)));
  }
  return words;
}

/** Reverses {@link packScores}; the result has eight entries a word, null where nothing was scored. */
export function unpackScores(words: readonly Hex[]): (number | null)[] {
  const scores: (number | null)[] = [];
  for (const word of words) {
    for (let digit = 2; digit < word.length; digit += 8) {
      const score = Number.parseInt(word.slice(digit, digit + 8), 16) | 0;
      scores.push(score === NOT_SCORED ? null : score);
    }
  }
  return scores;
}
