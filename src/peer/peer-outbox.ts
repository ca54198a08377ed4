import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import type { Hex } from '../base/bytes.ts';
import { decodeCanonical, encodeCanonical } from '../base/canonical.ts';
import type { OutboxStore } from '../ledger/outbox.ts';
import type { OutboxItem } from '../ledger/outbox-item.ts';
import { contributionSchema } from '../protocol/contribution.ts';
import { hashContent } from '../protocol/ledger-entry.ts';
import { signatureSchema } from '../protocol/signature.ts';
import { valuationSchema } from '../protocol/valuation.ts';

/** What waits for the ledger, and what it came to, in a peer's store. */
export interface PeerOutbox extends OutboxStore {
  /** Does nothing for an item that is there. */
  add(item: OutboxItem): void;
  /** Of contributions. */
  counts(): OutboxCounts;
}

export interface OutboxCounts {
  readonly pending: number;
  readonly anchored: number;
  readonly refused: number;
}

/** An item as it lies in the table. */
export interface StoredItem {
  readonly kind: OutboxItem['kind'];
  readonly value: Uint8Array;
}

/** @param database of {@link openDatabase} */
export function createPeerOutbox(database: DatabaseSync): PeerOutbox {
  return {
    add: (item) => {
      database
        .prepare('INSERT INTO outbox (hash, kind, value) VALUES (?, ?, ?) ON CONFLICT DO NOTHING')
        .run(hashContent(item), item.kind, encodeCanonical(storedItem(item)));
    },
    pending: () =>
      (
        database
          .prepare(`SELECT kind, value FROM outbox WHERE state = 'pending' ORDER BY id`)
          .all() as unknown as StoredItem[]
      ).map(decodeItem),
    anchored: () =>
      (database.prepare(`SELECT hash FROM outbox WHERE state = 'anchored'`).all() as { hash: Hex }[]).map(
        (row) => row.hash,
      ),
    reopen: (hash) => {
      database.prepare(`UPDATE outbox SET state = 'pending', sequence = NULL WHERE hash = ?`).run(hash);
    },
    markAnchored: (hash, sequence) => {
      database.prepare(`UPDATE outbox SET state = 'anchored', sequence = ? WHERE hash = ?`).run(sequence, hash);
    },
    markRefused: (hash, reason) => {
      database.prepare(`UPDATE outbox SET state = 'refused', reason = ? WHERE hash = ?`).run(reason, hash);
    },
    counts: () => {
      const rows = database
        .prepare(`SELECT state, count(*) AS n FROM outbox WHERE kind = 'contribution' GROUP BY state`)
        .all() as { state: string; n: number }[];
      const count = (state: string): number => rows.find((row) => row.state === state)?.n ?? 0;
      return { pending: count('pending'), anchored: count('anchored'), refused: count('refused') };
    },
  };
}

const storedContributionSchema = z.strictObject({ record: contributionSchema, signature: signatureSchema });

function storedItem(item: OutboxItem): unknown {
  return item.kind === 'valuation' ? item.record : { record: item.record, signature: item.signature };
}

export function decodeItem({ kind, value }: StoredItem): OutboxItem {
  const stored = decodeCanonical(value);
  return kind === 'contribution'
    ? { kind, ...storedContributionSchema.parse(stored) }
    : { kind, record: valuationSchema.parse(stored) };
}
