import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import type { Hex } from '../base/bytes.ts';
import { decodeCanonical, encodeCanonical } from '../base/canonical.ts';
import { contributionSchema, hashContribution } from '../protocol/contribution.ts';
import { digestSchema, roundSchema } from '../protocol/wire-types.ts';
import { PeerError } from './peer-error.ts';
import { transact } from './transact.ts';

/** A contribution as it is about to be signed, with the digests of its segments. */
export const draftSchema = z.strictObject({ record: contributionSchema, segments: z.array(digestSchema) });
export type Draft = z.infer<typeof draftSchema>;

/** What a member has signed for a round. */
export const markSchema = z.strictObject({ round: roundSchema, hash: digestSchema });
export type Mark = z.infer<typeof markSchema>;

/**
 * Sees to it that no two different contributions are ever signed for one round, the idea of EIP-3076
 * (https://eips.ethereum.org/EIPS/eip-3076): what is to be signed is checked and written down in one transaction, before it is signed.
 * A folder that was restored from a copy does not know what its member has signed since; therefore nothing is signed before the marks
 * on the ledger were read.
 */
export interface SigningGuard {
  /** Takes in what the ledger has of the member; only now drafts are accepted. @throws PeerError `peer/double-signing` */
  synchronise(onLedger: readonly Mark[]): void;
  /**
   * Writes down what is about to be signed.
   * @throws PeerError `peer/guard-not-synchronised`, `peer/double-signing`
   */
  claim(draft: Draft): void;
  /** What was written down for a round, and perhaps not signed before a crash. */
  claimed(round: number): Draft | null;
  /** Takes in what was signed elsewhere or earlier. @throws PeerError `peer/double-signing` */
  admit(marks: readonly Mark[]): void;
  /** Everything that was signed, by round. */
  marks(): Mark[];
}

export function createSigningGuard(database: DatabaseSync): SigningGuard {
  let synchronised = false;

  const hashOf = (round: number): Hex | undefined =>
    database.prepare('SELECT hash FROM signed WHERE round = ?').get(round)?.hash as Hex | undefined;

  const latest = (): number =>
    Number(database.prepare('SELECT coalesce(max(round), -1) AS round FROM signed').get()?.round);

  const requireSame = ({ round, hash }: Mark): void => {
    const known = hashOf(round);
    if (known === undefined || known === hash) return;
    throw new PeerError(
      'peer/double-signing',
      `another contribution was signed for round ${round}: ${known}, not ${hash}; the first stands. ` +
        'If this folder was restored from a copy, or runs twice, stop it and keep the newest one',
    );
  };

  const admit = (marks: readonly Mark[]): void =>
    transact(database, () => {
      for (const mark of marks) {
        requireSame(mark);
        database
          .prepare('INSERT INTO signed (round, hash) VALUES (?, ?) ON CONFLICT DO NOTHING')
          .run(mark.round, mark.hash);
      }
    });

  return {
    synchronise: (onLedger) => {
      admit(onLedger);
      synchronised = true;
    },
    claim: (draft) =>
      transact(database, () => {
        const mark = { round: draft.record.round, hash: hashContribution(draft.record) };
        if (!synchronised) throw notSynchronised(mark.round);
        requireSame(mark);
        if (hashOf(mark.round) === undefined && mark.round < latest()) throw tooLate(mark.round, latest());
        database
          .prepare('INSERT OR REPLACE INTO signed (round, hash, draft) VALUES (?, ?, ?)')
          .run(mark.round, mark.hash, encodeCanonical(draft));
      }),
    claimed: (round) => {
      const draft = database.prepare('SELECT draft FROM signed WHERE round = ?').get(round)?.draft;
      return draft instanceof Uint8Array ? draftSchema.parse(decodeCanonical(draft)) : null;
    },
    admit,
    marks: () => database.prepare('SELECT round, hash FROM signed ORDER BY round').all() as unknown as Mark[],
  };
}

function notSynchronised(round: number): PeerError {
  return new PeerError(
    'peer/guard-not-synchronised',
    `nothing can be signed for round ${round} before the ledger has said what this member signed; wait for the chain`,
  );
}

function tooLate(round: number, latest: number): PeerError {
  return new PeerError('peer/double-signing', `round ${latest} was signed already, so round ${round} no longer can be`);
}
