import { createHmac } from 'node:crypto';
import { fromHex, type Hex, sha256, toHex } from '../base/bytes.ts';
import { encodeCanonical } from '../base/canonical.ts';
import type { Dataset } from '../data/dataset.ts';
import { merkleProof, merkleRoot, verifyMerkleProof } from '../protocol/merkle.ts';

/** The parts of a member's own data, in the order in which they are committed to. */
export interface CommittedData {
  readonly training: Dataset;
  readonly heldOut: Dataset;
}

/** Shows that one record is among those that a member committed to, and says nothing of any other. */
export interface RecordProof {
  /** Place in training part and held-out part, one after the other. */
  readonly index: number;
  readonly records: number;
  /** The record in canonical encoding: inputs, label, follow-up time. */
  readonly record: Uint8Array;
  /** 32 bytes that only this record's digest was made with. */
  readonly salt: Uint8Array;
  /** Hashes from the leaf upwards. */
  readonly path: readonly Uint8Array[];
}

const SALT = 'consilium/record-salt/1';
const LEAF = new TextEncoder().encode('consilium/record/1\0');

/**
 * The keyed commitment to a member's data: the Merkle root over SHA-256 of salt and record, with a salt a record that follows from the
 * key. Without the key nobody can tell which data it stands for, not even by trying; destroying the key erases it.
 * @param key 32 bytes
 */
export function commitToRecords(key: Hex, data: CommittedData): Hex {
  return toHex(merkleRoot(leavesOf(key, data)));
}

/** @throws RangeError for a record that there is not */
export function proveRecord(key: Hex, data: CommittedData, index: number): RecordProof {
  const records = recordsOf(data);
  const record = records[index];
  if (record === undefined)
    throw new RangeError(`there is no record ${index}; they count from 0 to ${records.length - 1}`);
  return {
    index,
    records: records.length,
    record,
    salt: saltOf(key, index),
    path: merkleProof(leavesOf(key, data), index),
  };
}

/** True if the proof's record is under the commitment. */
export function verifyRecord(commitment: Hex, { index, records, record, salt, path }: RecordProof): boolean {
  const claim = { leaf: leafOf(salt, record), index, leaves: records, root: fromHex(commitment) };
  return verifyMerkleProof(claim, path);
}

function leavesOf(key: Hex, data: CommittedData): Uint8Array[] {
  return recordsOf(data).map((record, index) => leafOf(saltOf(key, index), record));
}

function leafOf(salt: Uint8Array, record: Uint8Array): Uint8Array {
  return sha256(LEAF, salt, record);
}

function saltOf(key: Hex, index: number): Uint8Array {
  return new Uint8Array(createHmac('sha256', fromHex(key)).update(`${SALT}/${index}`).digest());
}

function recordsOf({ training, heldOut }: CommittedData): Uint8Array[] {
  return [training, heldOut].flatMap(({ inputs, labels, times, samples }) => {
    const width = inputs.length / samples;
    return Array.from({ length: samples }, (_, i) => {
      const values = inputs.subarray(i * width, (i + 1) * width);
      return encodeCanonical({
        inputs: new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
        label: labels[i] ?? 0,
        time: times?.[i] ?? null,
      });
    });
  });
}
