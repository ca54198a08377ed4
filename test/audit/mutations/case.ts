import type { ProofRefusal } from '../../../src/audit/check-segment-proof.ts';
import type { Evidence } from '../../../src/audit/evidence.ts';
import type { FindingCode, Place } from '../../../src/audit/finding.ts';
import type { CarSection } from '../../../src/audit/scan-car.ts';
import type { Hex } from '../../../src/base/bytes.ts';
import type { SeededRandom } from '../../../src/base/seeded-random.ts';
import type { Manifest } from '../../../src/protocol/manifest.ts';
import type { SyntheticStudy } from '../synthetic-study.ts';

/** An honest bundle, and what a mutation may look at. */
export interface BaseBundle {
  readonly study: SyntheticStudy;
  readonly file: Buffer;
  readonly sections: readonly CarSection[];
  /** The places of every block's name: what a finding about it may say. */
  readonly places: ReadonlyMap<string, readonly Place[]>;
}

/**
 * One of these must be told: a finding of such a code at such a place, or where `code` is `notice`, a notice at it; of a proof, which has one place
 * only, that it is refused for such a reason.
 */
export interface Expectation {
  readonly codes: readonly (FindingCode | ProofRefusal | 'notice' | 'refused')[];
  readonly place: Place;
}

/** A bundle, or a proof cut out of one, that somebody changed. */
export interface Mutation {
  /** A file, or parts from which one is written. */
  readonly file?: Buffer;
  /** What `audit prove` would have written, changed; offline its reader knows the study's members. */
  readonly proof?: Buffer;
  readonly parts?: {
    readonly evidence: Evidence;
    readonly manifest?: Manifest;
    readonly blobs?: ReadonlyMap<Hex, Uint8Array>;
  };
  /** Whom the auditor asks: the true chain, or nobody. */
  readonly isOffline: boolean;
  /** The chain that a member with keys has told the same story; else the honest one. */
  readonly log?: Evidence['log'];
  readonly expected: readonly Expectation[];
  readonly what: string;
}

/** A kind of mutation; null if the dice say something that changes nothing, and are to be thrown again. */
export type MutationKind = (base: BaseBundle, random: SeededRandom) => Mutation | null;

export function pick<T>(items: readonly T[], random: SeededRandom): T {
  const item = items[random.integer(items.length)];
  if (item === undefined) throw new RangeError('nothing to pick from');
  return item;
}
