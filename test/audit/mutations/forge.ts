import type { Evidence } from '../../../src/audit/evidence.ts';
import { inBundleOrder } from '../../../src/audit/record-order.ts';
import { type Hex, sha256, toHex } from '../../../src/base/bytes.ts';
import { encodeCanonical } from '../../../src/base/canonical.ts';
import type { SeededRandom } from '../../../src/base/seeded-random.ts';
import { headCount } from '../../../src/protocol/head-word.ts';
import { initialHead, type LedgerEntry, nextHead } from '../../../src/protocol/ledger-entry.ts';

/** What somebody without keys can do: encode, hash, chain and sort everything again. */

/** Sequence numbers and heads of a log as they follow from its records. */
export function rechained(evidence: Evidence): Evidence {
  let head = initialHead(evidence, evidence.study);
  const log = evidence.log.map((entry) => {
    const sequence = headCount(head);
    head = nextHead(head, entry);
    return { ...entry, sequence, head };
  });
  return inBundleOrder({ ...evidence, log });
}

/** Changes the record of a contribution wherever it stands: in the log and among the announcements. */
export function withContribution(
  evidence: Evidence,
  { member, round }: { readonly member: Hex; readonly round: number },
  change: (record: Evidence['announcements'][number]['record']) => Evidence['announcements'][number]['record'],
): Evidence {
  const isIt = (record: { member?: Hex; round?: number }): boolean =>
    record.member === member && record.round === round;
  return rechained({
    ...evidence,
    log: evidence.log.map((entry) =>
      entry.kind === 'contribution' && isIt(entry.record) ? { ...entry, record: change(entry.record) } : entry,
    ),
    announcements: evidence.announcements.map((a) => (isIt(a.record) ? { ...a, record: change(a.record) } : a)),
  });
}

/** The same blobs, and one more under its digest. */
export function withBlob(
  blobs: ReadonlyMap<Hex, Uint8Array>,
  bytes: Uint8Array,
): { blobs: Map<Hex, Uint8Array>; digest: Hex } {
  const digest = toHex(sha256(bytes));
  return { digest, blobs: new Map([...blobs, [digest, bytes]]) };
}

/** Another value of the same kind. */
export function otherValue(value: unknown, random: SeededRandom): unknown {
  if (typeof value === 'number') return Number.isInteger(value) ? value + 1 + random.integer(1000) : value / 2 + 0.125;
  if (typeof value === 'string' && value.startsWith('0x')) {
    const at = 2 + random.integer(value.length - 2);
    const digit = (Number.parseInt(value[at] ?? '0', 16) ^ (1 + random.integer(15))).toString(16);
    return value.slice(0, at) + digit + value.slice(at + 1);
  }
  if (typeof value === 'string') return `${value}!`;
  if (Array.isArray(value))
    return value.length === 0 ? [] : value.with(random.integer(value.length), otherValue(value[0], random));
  return value === null ? 0 : value;
}

/** The same record but for one field. */
export function edited<T extends object>(record: T, random: SeededRandom): { record: T; field: string } {
  const fields = Object.keys(record).filter((field) => field !== 'type');
  const field = fields[random.integer(fields.length)] ?? '';
  const value = otherValue((record as Record<string, unknown>)[field], random);
  return { field, record: { ...record, [field]: value } };
}

export const isSame = (a: unknown, b: unknown): boolean => Buffer.compare(encodeCanonical(a), encodeCanonical(b)) === 0;

/** The chain of somebody who rewrote it too. */
export const toEntries = (log: Evidence['log']): LedgerEntry[] => log.map((entry) => ({ ...entry }));
