import { z } from 'zod';
import type { Hex } from '../base/bytes.ts';
import { decodeCanonical, encodeCanonical } from '../base/canonical.ts';
import type { RoundRecords } from '../gossip/record-exchange.ts';
import {
  type Announcement,
  decodeAnnouncement,
  decodeReveal,
  encodeAnnouncement,
  encodeReveal,
  type Reveal,
} from '../protocol/announcement.ts';
import { decodeCheckpoint, encodeCheckpoint, type SignedCheckpoint } from '../protocol/checkpoint.ts';
import { hashContribution } from '../protocol/contribution.ts';
import { digestSchema } from '../protocol/wire-types.ts';
import { openDatabase } from './open-database.ts';
import { createPeerOutbox, type PeerOutbox } from './peer-outbox.ts';
import { type Progress, progressSchema } from './progress.ts';
import { createSigningGuard, type SigningGuard } from './signing-guard.ts';
import { createSpendLog, type SpendLog } from './spend-log.ts';
import { transact } from './transact.ts';
import { createViewRecords, type ViewRecords } from './view/view-records.ts';

/** Everything that a peer must not forget, in one SQLite file; every write is on disk before it returns. */
export interface PeerStore {
  readonly outbox: PeerOutbox;
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
  /** What only the member's page asks for. */
  readonly shown: ViewRecords;
  close(): void;
}

/** What a member keeps to itself of one round. */
export interface PrivateState {
  readonly round: number;
  readonly digests: readonly Hex[];
}

/** Opens or makes the store. @param path file name @throws PeerError `peer/store-locked`, `peer/store-version` */
export function openPeerStore(path: string, options: { readOnly?: boolean } = {}): PeerStore {
  const database = openDatabase(path, options.readOnly ?? false);
  const all = (sql: string): { value: Uint8Array }[] => database.prepare(sql).all() as { value: Uint8Array }[];
  const valuesOf = (sql: string, round: number): Uint8Array[] =>
    (database.prepare(sql).all(round) as { value: Uint8Array }[]).map((row) => row.value);
  const guard = createSigningGuard(database);
  const outbox = createPeerOutbox(database);
  const addAnnouncement = (announcement: Announcement): void => {
    const { round, member } = announcement.record;
    database
      .prepare('INSERT INTO announcement (round, member, hash, value) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING')
      .run(round, member, hashContribution(announcement.record), encodeAnnouncement(announcement));
  };

  return {
    outbox,
    progress: () => {
      const [row] = all('SELECT value FROM progress');
      return row === undefined ? null : progressSchema.parse(decodeCanonical(row.value));
    },
    saveProgress: (progress) => {
      database.prepare('INSERT OR REPLACE INTO progress (only, value) VALUES (1, ?)').run(encodeCanonical(progress));
    },
    guard,
    spending: createSpendLog(database),
    shown: createViewRecords(database, { readOnly: options.readOnly ?? false }),
    keepOwn: (announcement) =>
      transact(database, () => {
        const { record, signature } = announcement;
        guard.admit([{ round: record.round, hash: hashContribution(record) }]);
        addAnnouncement(announcement);
        outbox.add({ kind: 'contribution', record, signature });
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

const residualSchema = z.array(digestSchema.nullable());
