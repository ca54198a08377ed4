import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import type { Hex } from '../base/bytes.ts';
import { decodeCanonical, encodeCanonical } from '../base/canonical.ts';
import { messageOf } from '../base/errors.ts';
import type { RoundRecords } from '../gossip/record-exchange.ts';
import type { OutboxStore } from '../ledger/outbox.ts';
import type { OutboxItem } from '../ledger/outbox-item.ts';
import {
  type Announcement,
  decodeAnnouncement,
  decodeReveal,
  encodeAnnouncement,
  encodeReveal,
  type Reveal,
} from '../protocol/announcement.ts';
import { decodeCheckpoint, encodeCheckpoint, type SignedCheckpoint } from '../protocol/checkpoint.ts';
import { contributionSchema, hashContribution } from '../protocol/contribution.ts';
import { hashContent } from '../protocol/ledger-entry.ts';
import { signatureSchema } from '../protocol/signature.ts';
import { valuationSchema } from '../protocol/valuation.ts';
import { digestSchema } from '../protocol/wire-types.ts';
import { PeerError } from './peer-error.ts';
import { type Progress, progressSchema } from './progress.ts';
import { createSigningGuard, type SigningGuard } from './signing-guard.ts';
import { createSpendLog, type SpendLog } from './spend-log.ts';
import { transact, unwritable } from './transact.ts';

/** Everything that a peer must not forget, in one SQLite file; every write is on disk before it returns. */
export interface PeerStore {
  readonly outbox: OutboxStore & { add(item: OutboxItem): void; counts(): OutboxCounts };
  /** Where the peer stands between two rounds; null before the first. */
  progress(): Progress | null;
  saveProgress(progress: Progress): void;
  readonly guard: SigningGuard;
  /** Keeps the member's own signed contribution of a round together with its place in the outbox. */
  keepOwn(announcement: Announcement): void;
  /** A member's contribution of a round, if it is known here. */
  announcement(member: Hex, round: number): Announcement | null;
  addAnnouncement(announcement: Announcement): void;
  addReveal(reveal: Reveal): void;
  hasReveal(evaluator: Hex, round: number): boolean;
  /** Keeps a second, different contribution of a member for a round that one is known of. */
  addEquivocation(second: Announcement): void;
  equivocations(): Announcement[];
  /** Keeps a member's checkpoint of a round, its own or another's; the first one stands. */
  addCheckpoint(checkpoint: SignedCheckpoint): void;
  checkpoint(member: Hex, round: number): SignedCheckpoint | null;
  /** The last round that a member's checkpoint is known of. */
  lastCheckpoint(member: Hex): number | null;
  checkpoints(): SignedCheckpoint[];
  announcements(): Announcement[];
  /** Struct hash of a member's contribution, if it is known here. */
  contributionHash(member: Hex, round: number): Hex | undefined;
  /** The records of one round as they go over the wire. */
  recordsOf(round: number): RoundRecords;
  reveals(): Reveal[];
  /** Keeps what a round's update left unsaid: for each segment a blob, or null. */
  keepResidual(round: number, residuals: readonly (Hex | null)[]): void;
  /** What the last update before this round left unsaid. */
  residualBefore(round: number): (Hex | null)[] | null;
  /** Keeps the velocity of the outer step after a round: a blob for each segment. */
  keepVelocity(round: number, digests: readonly Hex[]): void;
  /** The velocity after the last round before this one. */
  velocityBefore(round: number): Hex[] | null;
  /** The blobs of both kinds that are kept, by the round that they are of. */
  privateState(): PrivateState[];
  /** Forgets what is kept of a round. */
  dropPrivateState(round: number): void;
  /** The first round that a contribution of each member is known of. */
  firstRounds(): number[];
  /** Writes the file anew without what was deleted: SQLite leaves that in free pages and in its log. */
  scrub(): void;
  readonly spending: SpendLog;
  close(): void;
}

/** What a member keeps to itself of one round. */
export interface PrivateState {
  readonly round: number;
  readonly digests: readonly Hex[];
}

export interface OutboxCounts {
  readonly pending: number;
  readonly anchored: number;
  readonly refused: number;
}

/** Raised when the tables change; a program refuses a file of another version. */
const SCHEMA_VERSION = 6;

const SCHEMA = `
  CREATE TABLE progress (only INTEGER PRIMARY KEY CHECK (only = 1), value BLOB NOT NULL) STRICT;
  CREATE TABLE signed (round INTEGER PRIMARY KEY, hash TEXT NOT NULL, draft BLOB) STRICT;
  CREATE TABLE equivocation (round INTEGER NOT NULL, member TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (round, member)) STRICT;
  CREATE TABLE announcement (
    round INTEGER NOT NULL, member TEXT NOT NULL, hash TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (round, member)) STRICT;
  CREATE TABLE reveal (
    round INTEGER NOT NULL, evaluator TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (round, evaluator)) STRICT;
  CREATE TABLE outbox (
    id INTEGER PRIMARY KEY, hash TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, value BLOB NOT NULL,
    state TEXT NOT NULL DEFAULT 'pending', sequence INTEGER, reason TEXT) STRICT;
  CREATE TABLE checkpoint (round INTEGER NOT NULL, member TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (round, member)) STRICT;
  CREATE TABLE spending (id INTEGER PRIMARY KEY, round INTEGER NOT NULL, value BLOB NOT NULL) STRICT;
  CREATE TABLE residual (round INTEGER PRIMARY KEY, value BLOB NOT NULL) STRICT;
  CREATE TABLE velocity (round INTEGER PRIMARY KEY, value BLOB NOT NULL) STRICT;
  PRAGMA user_version = ${SCHEMA_VERSION};
`;

/** Opens or makes the store. @param path file name @throws PeerError `peer/store-locked`, `peer/store-version` */
export function openPeerStore(path: string, options: { readOnly?: boolean } = {}): PeerStore {
  const database = openDatabase(path, options.readOnly ?? false);
  const all = (sql: string): { value: Uint8Array }[] => database.prepare(sql).all() as { value: Uint8Array }[];
  const valuesOf = (sql: string, round: number): Uint8Array[] =>
    (database.prepare(sql).all(round) as { value: Uint8Array }[]).map((row) => row.value);
  const guard = createSigningGuard(database);
  const addOutbox = (item: OutboxItem): void => {
    database
      .prepare('INSERT INTO outbox (hash, kind, value) VALUES (?, ?, ?) ON CONFLICT DO NOTHING')
      .run(hashContent(item), item.kind, encodeCanonical(storedItem(item)));
  };
  const addAnnouncement = (announcement: Announcement): void => {
    const { round, member } = announcement.record;
    database
      .prepare('INSERT INTO announcement (round, member, hash, value) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING')
      .run(round, member, hashContribution(announcement.record), encodeAnnouncement(announcement));
  };

  return {
    outbox: {
      add: addOutbox,
      pending: () =>
        (
          database.prepare(`SELECT kind, value FROM outbox WHERE state = 'pending' ORDER BY id`).all() as {
            kind: OutboxItem['kind'];
            value: Uint8Array;
          }[]
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
    },
    progress: () => {
      const [row] = all('SELECT value FROM progress');
      return row === undefined ? null : progressSchema.parse(decodeCanonical(row.value));
    },
    saveProgress: (progress) => {
      database.prepare('INSERT OR REPLACE INTO progress (only, value) VALUES (1, ?)').run(encodeCanonical(progress));
    },
    guard,
    spending: createSpendLog(database),
    keepOwn: (announcement) =>
      transact(database, () => {
        const { record, signature } = announcement;
        guard.admit([{ round: record.round, hash: hashContribution(record) }]);
        addAnnouncement(announcement);
        addOutbox({ kind: 'contribution', record, signature });
      }),
    addEquivocation: (second) => {
      const { round, member } = second.record;
      database
        .prepare('INSERT INTO equivocation (round, member, value) VALUES (?, ?, ?) ON CONFLICT DO NOTHING')
        .run(round, member, encodeAnnouncement(second));
    },
    addCheckpoint: (checkpoint) => {
      database
        .prepare('INSERT INTO checkpoint (round, member, value) VALUES (?, ?, ?) ON CONFLICT DO NOTHING')
        .run(checkpoint.record.round, checkpoint.member, encodeCheckpoint(checkpoint));
    },
    checkpoint: (member, round) => {
      const row = database.prepare('SELECT value FROM checkpoint WHERE round = ? AND member = ?').get(round, member);
      return row === undefined ? null : decodeCheckpoint(row.value as Uint8Array);
    },
    lastCheckpoint: (member) =>
      (database.prepare('SELECT max(round) AS round FROM checkpoint WHERE member = ?').get(member)?.round ?? null) as
        | number
        | null,
    checkpoints: () =>
      all('SELECT value FROM checkpoint ORDER BY round, member').map((row) => decodeCheckpoint(row.value)),
    equivocations: () => all('SELECT value FROM equivocation').map((row) => decodeAnnouncement(row.value)),
    announcement: (member, round) => {
      const row = database.prepare('SELECT value FROM announcement WHERE round = ? AND member = ?').get(round, member);
      return row === undefined ? null : decodeAnnouncement(row.value as Uint8Array);
    },
    addAnnouncement,
    addReveal: (reveal) => {
      const { round, evaluator } = reveal.record;
      database
        .prepare('INSERT INTO reveal (round, evaluator, value) VALUES (?, ?, ?) ON CONFLICT DO NOTHING')
        .run(round, evaluator, encodeReveal(reveal));
    },
    hasReveal: (evaluator, round) =>
      database.prepare('SELECT 1 FROM reveal WHERE round = ? AND evaluator = ?').get(round, evaluator) !== undefined,
    announcements: () =>
      all('SELECT value FROM announcement ORDER BY round, member').map((row) => decodeAnnouncement(row.value)),
    contributionHash: (member, round) => {
      const row = database.prepare('SELECT hash FROM announcement WHERE round = ? AND member = ?').get(round, member);
      return row === undefined ? undefined : (row.hash as Hex);
    },
    recordsOf: (round) => ({
      contributions: valuesOf('SELECT value FROM announcement WHERE round = ? ORDER BY member', round),
      reveals: valuesOf('SELECT value FROM reveal WHERE round = ? ORDER BY evaluator', round),
      checkpoints: valuesOf('SELECT value FROM checkpoint WHERE round = ? ORDER BY member', round),
    }),
    reveals: () => all('SELECT value FROM reveal ORDER BY round, evaluator').map((row) => decodeReveal(row.value)),
    keepResidual: (round, residuals) => {
      database
        .prepare('INSERT OR REPLACE INTO residual (round, value) VALUES (?, ?)')
        .run(round, encodeCanonical(residuals));
    },
    residualBefore: (round) => {
      const row = database.prepare('SELECT value FROM residual WHERE round < ? ORDER BY round DESC LIMIT 1').get(round);
      return row === undefined ? null : residualSchema.parse(decodeCanonical(row.value as Uint8Array));
    },
    keepVelocity: (round, digests) => {
      database
        .prepare('INSERT OR REPLACE INTO velocity (round, value) VALUES (?, ?)')
        .run(round, encodeCanonical(digests));
    },
    velocityBefore: (round) => {
      const row = database.prepare('SELECT value FROM velocity WHERE round < ? ORDER BY round DESC LIMIT 1').get(round);
      return row === undefined ? null : z.array(digestSchema).parse(decodeCanonical(row.value as Uint8Array));
    },
    privateState: () => {
      const rows = database
        .prepare('SELECT round, value FROM residual UNION ALL SELECT round, value FROM velocity ORDER BY round')
        .all() as { round: number; value: Uint8Array }[];
      return rows.map(({ round, value }) => ({
        round,
        digests: residualSchema.parse(decodeCanonical(value)).filter((digest) => digest !== null),
      }));
    },
    dropPrivateState: (round) => {
      database.prepare('DELETE FROM residual WHERE round = ?').run(round);
      database.prepare('DELETE FROM velocity WHERE round = ?').run(round);
    },
    firstRounds: () =>
      (
        database.prepare('SELECT min(round) AS round FROM announcement GROUP BY member').all() as { round: number }[]
      ).map(({ round }) => round),
    scrub: () => database.exec('PRAGMA secure_delete = ON; VACUUM; PRAGMA wal_checkpoint(TRUNCATE)'),
    close: () => database.close(),
  };
}

function open(path: string, readOnly: boolean): DatabaseSync {
  try {
    return new DatabaseSync(path, { readOnly, timeout: 1000 });
  } catch (cause) {
    throw unwritable(cause, path);
  }
}

function openDatabase(path: string, readOnly: boolean): DatabaseSync {
  const database = open(path, readOnly);
  try {
    // Only one process may ever write, and so sign, from one data folder.
    if (!readOnly) {
      database.exec(
        'PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; BEGIN EXCLUSIVE; COMMIT;',
      );
    }
    const { user_version: version } = database.prepare('PRAGMA user_version').get() as { user_version: number };
    if (version !== 0 && version !== SCHEMA_VERSION) {
      throw new PeerError(
        'peer/store-version',
        `${path} was written by another version (${version}, not ${SCHEMA_VERSION}); use that one, or an empty data folder`,
      );
    }
    if (version === 0 && !readOnly) database.exec(SCHEMA);
    return database;
  } catch (cause) {
    database.close();
    if (!/locked|busy/i.test(messageOf(cause))) throw unwritable(cause, path);
    throw new PeerError('peer/store-locked', `${path} is in use by another process; stop that peer first`, { cause });
  }
}

const residualSchema = z.array(digestSchema.nullable());

const storedContributionSchema = z.strictObject({ record: contributionSchema, signature: signatureSchema });

function storedItem(item: OutboxItem): unknown {
  return item.kind === 'valuation' ? item.record : { record: item.record, signature: item.signature };
}

function decodeItem({ kind, value }: { kind: OutboxItem['kind']; value: Uint8Array }): OutboxItem {
  const stored = decodeCanonical(value);
  return kind === 'contribution'
    ? { kind, ...storedContributionSchema.parse(stored) }
    : { kind, record: valuationSchema.parse(stored) };
}
