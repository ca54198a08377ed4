import type { DatabaseSync } from 'node:sqlite';
import type { Hex } from '../../base/bytes.ts';
import type { EpochFigures, OutboxRow, OutboxView } from '../member-view.ts';
import { decodeItem, type StoredItem } from '../peer-outbox.ts';

/** What the member's page reads from the peer's store, and the figures that nothing else keeps. */
export interface ViewRecords {
  /** Keeps the figures of an epoch; a round that is trained again replaces them. */
  addEpoch(figures: EpochFigures): void;
  epochs(): EpochFigures[];
  /** The last round that each account announced. */
  heardRounds(): Map<Hex, number>;
  outbox(): OutboxView;
  /** Whether the record with this struct hash is on the ledger. */
  isAnchored(hash: Hex): boolean;
}

/** What waits is shown up to here, and of what is anchored the newest. */
const WAITING_ROWS = 50;
const ANCHORED_ROWS = 12;

/** Only shown, never signed or mixed: a program that does not know it may open the file all the same, so it has no version. */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS epoch (
    round INTEGER NOT NULL, epoch INTEGER NOT NULL, loss REAL NOT NULL, accuracy REAL, PRIMARY KEY (round, epoch)) STRICT;
`;

interface ItemRow extends StoredItem {
  readonly state: OutboxRow['state'];
  readonly sequence: number | null;
  readonly reason: string | null;
}

/** @param options a store that is only read has what it has */
export function createViewRecords(database: DatabaseSync, options: { readOnly: boolean }): ViewRecords {
  if (!options.readOnly) database.exec(SCHEMA);
  const items = (where: string, limit: number): OutboxRow[] =>
    (
      database
        .prepare(`SELECT kind, value, state, sequence, reason FROM outbox WHERE ${where} LIMIT ?`)
        .all(limit) as unknown as ItemRow[]
    ).map((row) => ({
      kind: row.kind,
      round: decodeItem(row).record.round,
      state: row.state,
      sequence: row.sequence,
      reason: row.reason,
    }));

  return {
    addEpoch({ round, epoch, loss, accuracy }) {
      database
        .prepare('INSERT OR REPLACE INTO epoch (round, epoch, loss, accuracy) VALUES (?, ?, ?, ?)')
        .run(round, epoch, loss, accuracy);
    },
    epochs: () =>
      database
        .prepare('SELECT round, epoch, loss, accuracy FROM epoch ORDER BY round, epoch')
        .all() as unknown as EpochFigures[],
    heardRounds: () =>
      new Map(
        (
          database.prepare('SELECT member, max(round) AS round FROM announcement GROUP BY member').all() as unknown as {
            member: Hex;
            round: number;
          }[]
        ).map(({ member, round }) => [member, round]),
      ),
    isAnchored: (hash) =>
      database.prepare(`SELECT 1 FROM outbox WHERE hash = ? AND state = 'anchored'`).get(hash) !== undefined,
    outbox() {
      const rows = database.prepare('SELECT state, count(*) AS n FROM outbox GROUP BY state').all() as unknown as {
        state: OutboxRow['state'];
        n: number;
      }[];
      const count = (state: OutboxRow['state']): number => rows.find((row) => row.state === state)?.n ?? 0;
      return {
        pending: count('pending'),
        anchored: count('anchored'),
        refused: count('refused'),
        items: [
          ...items(`state <> 'anchored' ORDER BY id`, WAITING_ROWS),
          ...items(`state = 'anchored' ORDER BY id DESC`, ANCHORED_ROWS),
        ],
      };
    },
  };
}
