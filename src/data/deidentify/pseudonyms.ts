import { createHmac } from 'node:crypto';

/** Names that stand for others: the same for the same key, whichever file and whenever; nothing to guess without the key. */
export interface Pseudonyms {
  /** At most 18 letters and digits. */
  patient(identity: string): string;
  /** A UID below 2.25 (PS3.5, B.2), of at most 44 characters. */
  uid(original: string): string;
  /** How many days, 1 to 3650, this patient's dates go back. */
  daysBack(identity: string): number;
}

export const PSEUDONYM_KEY_BYTES = 32;
const PATIENT_BYTES = 8;
const UID_BYTES = 16;
const MAX_DAYS_BACK = 3650;

/** @param key 32 secret random bytes */
export function createPseudonyms(key: Uint8Array): Pseudonyms {
  const digest = (kind: string, original: string): Buffer =>
    createHmac('sha256', key).update(`consilium/${kind}/1\0`).update(original).digest();
  return {
    patient: (identity) => `P-${digest('patient', identity).toString('hex', 0, PATIENT_BYTES).toUpperCase()}`,
    uid: (original) => `2.25.${BigInt(`0x${uuidDigits(digest('uid', original).subarray(0, UID_BYTES))}`)}`,
    daysBack: (identity) => 1 + (digest('dates', identity).readUInt32BE() % MAX_DAYS_BACK),
  };
}

/** The digits of a UUID of version 8, variant 1 (RFC 9562, 5.8), as UIDs below 2.25 are made of. */
function uuidDigits(bytes: Buffer): string {
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString('hex');
}
