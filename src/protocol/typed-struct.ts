import { keccak256, TypedDataEncoder } from 'ethers';
import type { Hex } from '../base/bytes.ts';
import { type LedgerDomain, typedDataDomain } from './domain.ts';

/** A field of an EIP-712 struct. */
export interface StructField {
  readonly name: string;
  readonly type: string;
}

const WORD_BYTES = 32;

/**
 * The EIP-712 `hashStruct` of one type (https://eips.ethereum.org/EIPS/eip-712), made ready once: an audit hashes every entry of a log.
 * Knows `bytes32`, `bytes32[]`, `address` and unsigned numbers up to `uint64`.
 * @returns a function that throws a RangeError for a value that its field cannot hold
 */
export function structHasher(name: string, fields: readonly StructField[]): (value: object) => Hex {
  const signature = `${name}(${fields.map((field) => `${field.type} ${field.name}`).join(',')})`;
  const typeHash = keccak256(new TextEncoder().encode(signature));
  return (value) => {
    const words = new Uint8Array(WORD_BYTES * (fields.length + 1));
    writeHex(words, typeHash, { at: 0, bytes: WORD_BYTES });
    for (const [i, field] of fields.entries()) {
      writeField(words, field, { at: WORD_BYTES * (i + 1), value: (value as Record<string, unknown>)[field.name] });
    }
    return keccak256(words) as Hex;
  };
}

function writeField(
  words: Uint8Array<ArrayBuffer>,
  { name, type }: StructField,
  { at, value }: { at: number; value: unknown },
): void {
  if (type === 'bytes32') return writeHex(words, value, { at, bytes: WORD_BYTES });
  if (type === 'address') return writeHex(words, value, { at: at + 12, bytes: 20 });
  if (type === 'bytes32[]') return writeHex(words, hashWords(value), { at, bytes: WORD_BYTES });
  const number = typeof value === 'bigint' ? value : BigInt(value as number);
  const bits = Number(/^uint(\d+)$/.exec(type)?.[1]);
  if (!(bits <= 64) || number < 0n || number >> BigInt(bits) !== 0n) {
    throw new RangeError(`${name} is ${String(value)}, which is no ${type}`);
  }
  new DataView(words.buffer).setBigUint64(at + 24, number);
}

function hashWords(value: unknown): string {
  const items = value as readonly unknown[];
  const words = new Uint8Array(WORD_BYTES * items.length);
  for (const [i, item] of items.entries()) writeHex(words, item, { at: WORD_BYTES * i, bytes: WORD_BYTES });
  return keccak256(words);
}

const NO_DIGIT = 255;
/** What each character is worth as a hexadecimal digit, by its code. */
const DIGITS = Uint8Array.from({ length: 128 }, (_, code) => {
  const digit = Number.parseInt(String.fromCharCode(code), 16);
  return Number.isNaN(digit) ? NO_DIGIT : digit;
});

/** Writes a 0x-prefixed text of exactly so many bytes. */
export function writeHex(target: Uint8Array, text: unknown, { at, bytes }: { at: number; bytes: number }): void {
  const digits = typeof text === 'string' && text.startsWith('0x') ? text : '';
  let isWrong = digits.length !== 2 + 2 * bytes;
  for (let i = 0; i < bytes && !isWrong; i++) {
    const high = DIGITS[digits.charCodeAt(2 + 2 * i)] ?? NO_DIGIT;
    const low = DIGITS[digits.charCodeAt(3 + 2 * i)] ?? NO_DIGIT;
    isWrong = high === NO_DIGIT || low === NO_DIGIT;
    target[at + i] = high * 16 + low;
  }
  if (isWrong) throw new RangeError(`${String(text)} is not ${bytes} bytes in hexadecimal`);
}

const separators = new Map<string, string>();

/** The EIP-712 digest of a struct under a ledger's domain: what is signed. */
export function typedDigest(domain: LedgerDomain, structHash: Hex): Hex {
  const key = `${domain.chainId}/${domain.contract}`;
  const separator = separators.get(key) ?? TypedDataEncoder.hashDomain(typedDataDomain(domain));
  separators.set(key, separator);
  const bytes = new Uint8Array(2 + 2 * WORD_BYTES);
  bytes.set([0x19, 0x01]);
  writeHex(bytes, separator, { at: 2, bytes: WORD_BYTES });
  writeHex(bytes, structHash, { at: 2 + WORD_BYTES, bytes: WORD_BYTES });
  return keccak256(bytes) as Hex;
}
