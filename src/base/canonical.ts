import { decode, encode } from '@ipld/dag-cbor';
import { sameBytes } from './bytes.ts';
import { ConsiliumError, messageOf } from './errors.ts';

/**
 * The one binary encoding of everything that is hashed or sent: DAG-CBOR (https://ipld.io/specs/codecs/dag-cbor/spec/),
 * which has exactly one encoding for each value: sorted keys, shortest lengths, 64-bit floats, no NaN or infinity.
 */
export function encodeCanonical(value: unknown): Uint8Array {
  return encode(value);
}

/**
 * Decodes, and refuses bytes that are not the canonical encoding of what they decode to.
 * @throws ConsiliumError `base/not-canonical`
 */
export function decodeCanonical(bytes: Uint8Array): unknown {
  let value: unknown;
  let again: Uint8Array;
  try {
    value = decode(bytes);
    // Nested deeply enough, a value can be read, but not written.
    again = encode(value);
  } catch (cause) {
    throw new ConsiliumError('base/not-canonical', `not a DAG-CBOR value: ${messageOf(cause)}`, { cause });
  }
  if (!sameBytes(again, bytes)) {
    throw new ConsiliumError('base/not-canonical', 'a DAG-CBOR value that is not in its canonical encoding');
  }
  return value;
}
