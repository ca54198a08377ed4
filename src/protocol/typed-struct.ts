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
  const typeHash = keccak256(Buffer.from(signature));
  return (value) => {
    const words = Buffer.alloc(WORD_BYTES * (fields.length + 1));
    writeHex(words, typeHash, { at: 0, bytes: WORD_BYTES });
    for (const [i, field] of fields.entries()) {
      writeField(words, field, { at: WORD_BYTES * (i + 1), value: (value as Record<string, unknown>)[field.name] });
    }
    return keccak256(words) as Hex;
  };
}

function writeField(words: Buffer, { name, type }: StructField, { at, value }: { at: number; value: unknown }): void {
  if (type === 'bytes32') return writeHex(words, value, { at, bytes: WORD_BYTES });
  if (type === 'address') return writeHex(words, value, { at: at + 12, bytes: 20 });
  if (type === 'bytes32[]') return writeHex(words, hashWords(value), { at, bytes: WORD_BYTES });
  const number = typeof value === 'bigint' ? value : BigInt(value as number);
  const bits = Number(/^uint(\d+)$/.exec(type)?.[1]);
  if (!(bits <= 64) || number < 0n || number >> BigInt(bits) !== 0n) {
    throw new RangeError(`${name} is ${String(value)}, which is no ${type}`);
  }
  words.writeBigUInt64BE(number, at + 24);
}

function hashWords(value: unknown): string {
  const items = value as readonly unknown[];
  const words = Buffer.alloc(WORD_BYTES * items.length);
  for (const [i, item] of items.entries()) writeHex(words, item, { at: WORD_BYTES * i, bytes: WORD_BYTES });
  return keccak256(words);
}

/** Writes a 0x-prefixed text of exactly so many bytes. */
export function writeHex(target: Buffer, text: unknown, { at, bytes }: { at: number; bytes: number }): void {
  const digits = typeof text === 'string' && text.startsWith('0x') ? text.slice(2) : '';
  if (digits.length !== 2 * bytes || target.write(digits, at, 'hex') !== bytes) {
    throw new RangeError(`${String(text)} is not ${bytes} bytes in hexadecimal`);
  }
}

const separators = new Map<string, string>();

/** The EIP-712 digest of a struct under a ledger's domain: what is signed. */
export function typedDigest(domain: LedgerDomain, structHash: Hex): Hex {
  const key = `${domain.chainId}/${domain.contract}`;
  const separator = separators.get(key) ?? TypedDataEncoder.hashDomain(typedDataDomain(domain));
  separators.set(key, separator);
  const bytes = Buffer.alloc(2 + 2 * WORD_BYTES);
  bytes.writeUInt16BE(0x1901);
  writeHex(bytes, separator, { at: 2, bytes: WORD_BYTES });
  writeHex(bytes, structHash, { at: 2 + WORD_BYTES, bytes: WORD_BYTES });
  return keccak256(bytes) as Hex;
}
