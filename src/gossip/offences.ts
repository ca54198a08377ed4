import type { Hex } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';

/** What no honest peer does, however slow, late or freshly started. */
export type Offence =
  /** A record that a rule marked [REJECT]. */
  | 'rejected-record'
  /** Bytes that are not those of the CID that was asked for, or frames that cannot be read. */
  | 'wrong-content'
  /** More streams, connections or requests than the quota. */
  | 'flood'
  /** More bytes of gossip than any number of members could have to say. */
  | 'gossip-flood';

/** At 100 a member is cut off: the fifth rejected record, the second wrong blob, the fourth refused stream. */
const POINTS: Readonly<Record<Offence, number>> = {
  'rejected-record': 20,
  'wrong-content': 50,
  flood: 25,
  'gossip-flood': 100,
};
const BAN_AT_POINTS = 100;
/** A rare mistake is forgotten. */
const HALF_LIFE_MILLISECONDS = 10 * 60_000;
export const BAN_MILLISECONDS = 30 * 60_000;

/** Keeps count of members' offences, and cuts off for half an hour who has too many. */
export interface Offences {
  note(account: Hex, offence: Offence): void;
  isBanned(account: Hex): boolean;
}

/** @param onBan told once when a member is cut off, with the offence that was one too many */
export function createOffences(
  clock: Pick<Clock, 'now'>,
  onBan: (account: Hex, offence: Offence) => void,
  banAtPoints = BAN_AT_POINTS,
): Offences {
  const points = new Map<Hex, { points: number; at: number }>();
  const bannedUntil = new Map<Hex, number>();
  const pointsOf = (account: Hex): number => {
    const known = points.get(account);
    return known === undefined ? 0 : known.points * 0.5 ** ((clock.now() - known.at) / HALF_LIFE_MILLISECONDS);
  };
  const isBanned = (account: Hex): boolean => (bannedUntil.get(account) ?? Number.NEGATIVE_INFINITY) > clock.now();
  return {
    isBanned,
    note(account, offence) {
      if (isBanned(account)) return;
      const total = pointsOf(account) + POINTS[offence];
      points.set(account, { points: total, at: clock.now() });
      // Decay is continuous: five rejected records in a row are never quite a hundred.
      if (Math.round(total) < banAtPoints) return;
      points.delete(account);
      bannedUntil.set(account, clock.now() + BAN_MILLISECONDS);
      onBan(account, offence);
    },
  };
}
