import type { Hex } from '../base/bytes.ts';
import { angleBetween, changeBetween, distanceBetween, type SketchedChange } from './update-sketch.ts';

/** A training contribution as copies are looked for. */
export interface RecordedUpdate {
  /** Of the member, whatever account it had. */
  readonly position: number;
  readonly member: Hex;
  readonly round: number;
  /** Place in the log. */
  readonly sequence: number;
  readonly digest: Hex;
  /** From base to update; null where the base could not be replayed, so that only equal digests are seen. */
  readonly change: SketchedChange | null;
}

export interface Repetition {
  readonly update: RecordedUpdate;
  /** What was on the ledger before. */
  readonly original: RecordedUpdate;
  /** Of the two changes; null for equal digests. */
  readonly cosine: number | null;
}

export interface CopyReport {
  /** Updates that have another member's change once more, with the closest original of each. */
  readonly copies: readonly Repetition[];
  /** Updates that have one of the member's own once more. */
  readonly replays: readonly Repetition[];
  /** Rounds in which the changes of different members are so alike that a copy which was altered would not stand out. */
  readonly alike: readonly number[];
}

/**
 * A change whose cosine with another's is above 0.999 is a copy. The sketches' error, with a standard deviation of 4.4 % of 1 − cosine, is
 * allowed for six times, so that none is missed.
 */
const COPY_ANGLE = 0.001 * 1.27;

/** So many times farther apart than a copy and its original must half of the round's pairs be. */
const OUTLIER_RATIO = 4;

/** Shares of the base's movement: who trains from another base comes to other parameters, and to another change. */
const REPLAY_MOVEMENT = { parameters: 0.25, change: 0.01 };

/** Looks for updates that were on the ledger before. @param updates in any order */
export function findCopies(updates: readonly RecordedUpdate[]): CopyReport {
  const inOrder = updates.toSorted((a, b) => a.sequence - b.sequence);
  const typical = typicalAngles(inOrder);
  const copies: Repetition[] = [];
  const replays: Repetition[] = [];
  for (const [i, update] of inOrder.entries()) {
    const [own, others] = partition(inOrder.slice(0, i), ({ position }) => position === update.position);
    const bound = Math.min(COPY_ANGLE, (typical.get(update.round) ?? 0) / OUTLIER_RATIO);
    const copy = nearestCopy(update, others, bound);
    if (copy !== null) copies.push(copy);
    const replayed = own.find((original) => isReplay(update, original));
    if (replayed !== undefined) replays.push(repetition(update, replayed));
  }
  const alike = [...typical].filter(([, angle]) => angle < COPY_ANGLE * OUTLIER_RATIO).map(([round]) => round);
  return { copies, replays, alike: alike.toSorted((a, b) => a - b) };
}

function nearestCopy(update: RecordedUpdate, earlier: readonly RecordedUpdate[], bound: number): Repetition | null {
  let [nearest, least]: [RecordedUpdate | null, number] = [null, bound];
  for (const original of earlier) {
    const angle = angleOf(update, original);
    if (angle >= least && update.digest !== original.digest) continue;
    [nearest, least] = [original, angle];
    if (angle === 0) break;
  }
  return nearest === null ? null : repetition(update, nearest);
}

function repetition(update: RecordedUpdate, original: RecordedUpdate): Repetition {
  return { update, original, cosine: update.digest === original.digest ? null : 1 - angleOf(update, original) };
}

/** Each change from its own base, for who adds another's change to its base; and both from the copy's, for who sends another's parameters. */
function angleOf({ digest, change }: RecordedUpdate, original: RecordedUpdate): number {
  if (digest === original.digest) return 0;
  if (change === null || original.change === null) return 1;
  const fromHere = { from: change.from, to: original.change.to };
  return Math.min(angleBetween(change, original.change), angleBetween(change, fromHere));
}

function isReplay({ digest, change }: RecordedUpdate, original: RecordedUpdate): boolean {
  if (digest === original.digest) return true;
  if (change === null || original.change === null) return false;
  const moved = distanceBetween(change.from, original.change.from);
  return (
    distanceBetween(change.to, original.change.to) < REPLAY_MOVEMENT.parameters * moved ||
    changeBetween(change, original.change) < REPLAY_MOVEMENT.change * moved
  );
}

/** By round the lower median of the angles between different members' changes; none for fewer than two pairs. */
function typicalAngles(updates: readonly RecordedUpdate[]): Map<number, number> {
  const typical = new Map<number, number>();
  for (const [round, ofRound] of Map.groupBy(updates, (update) => update.round)) {
    const changes = ofRound.flatMap(({ change }) => change ?? []);
    const angles = changes.flatMap((a, i) => changes.slice(0, i).map((b) => angleBetween(a, b)));
    const middle = angles.toSorted((a, b) => a - b)[Math.floor((angles.length - 1) / 2)];
    if (middle !== undefined && angles.length > 1) typical.set(round, middle);
  }
  return typical;
}

function partition<T>(items: readonly T[], isFirst: (item: T) => boolean): [T[], T[]] {
  return [items.filter(isFirst), items.filter((item) => !isFirst(item))];
}
