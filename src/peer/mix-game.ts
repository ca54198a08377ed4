import { setImmediate } from 'node:timers/promises';
import { type MixInput, mixCoalition } from '../mixing/compute-mix.ts';
import type { KnownMix } from '../mixing/equal-mix.ts';
import { type MixStep, sharesOf } from '../mixing/mix-shares.ts';
import { mixRelayed } from '../mixing/relayed-mix.ts';
import { ModelError } from '../model/model-error.ts';
import { joinSegments } from '../protocol/segments.ts';
import { rememberUtility } from '../valuation/utility.ts';
import type { MixGame } from '../valuation/value-players.ts';

export interface GameInput {
  readonly mix: MixInput;
  /** How the mix came about; each segment of it. */
  readonly steps: readonly MixStep[];
  /** What the trainings behind the contributions changed; null where the study credits models. */
  readonly trainings: KnownMix | null;
  /** Mean loss of parameters on the evaluator's held-out part, in nats. */
  readonly lossOf: (parameters: Float32Array) => number;
  /** Gradient of that loss at parameters. */
  readonly gradientAt: (parameters: Float32Array) => Float32Array;
  readonly signal?: AbortSignal;
}

export interface PlayedMix {
  /** The entries that are valued. */
  readonly entries: readonly number[];
  readonly game: MixGame;
  /** Losses and gradients computed so far. */
  readonly evaluations: () => number;
}

/**
 * A mix as a game of its entries. The utility of a coalition is by how much mixing only its contributions, or only its trainings, lowers the loss on the evaluator's
 * held-out part.
 */
export function playMix(input: GameInput): PlayedMix {
  const entries = playersOf(input);
  const mixOf = coalitionMix(input, entries);
  let evaluations = 0;
  const lossOf = async (coalition: readonly number[]): Promise<number> => {
    input.signal?.throwIfAborted();
    await setImmediate(); // a round's worth of evaluations must not keep the network waiting
    const parameters = joinSegments(await mixOf(coalition.map((player) => entries[player] ?? -1)));
    evaluations++;
    return boundedLoss(input.lossOf, parameters);
  };
  let baseLoss: Promise<number> | null = null;
  const { utility } = rememberUtility(async (coalition) => {
    if (coalition.length === 0) return 0;
    baseLoss ??= lossOf([]);
    return (await baseLoss) - (await lossOf(coalition));
  });
  const gradient = async (): Promise<Float32Array> => {
    const parameters = joinSegments(await mixOf([]));
    evaluations++;
    return boundedGradient(input.gradientAt, parameters);
  };
  const changeOf = (player: number): Promise<Float32Array> => sharedChange(input, entries[player] ?? -1);
  const shares = entries.map((entry) => meanShare(input, entry));
  return {
    entries,
    game: { players: entries.length, utility, gradient, changeOf, shares },
    evaluations: () => evaluations,
  };
}

/** The entries of the mix; where trainings are credited, those of which it is known what they were trained from. */
function playersOf({ mix, trainings }: GameInput): number[] {
  const players = [...new Set(mix.plan.sources.flat())].toSorted((a, b) => a - b);
  return trainings === null ? players : players.filter((entry) => trainings.isKnown[entry] === true);
}

function coalitionMix(
  { mix, trainings }: GameInput,
  players: readonly number[],
): (entries: readonly number[]) => Promise<Float32Array[]> {
  if (trainings === null) return (entries) => mixCoalition(mix, entries);
  return (entries) =>
    mixRelayed(
      trainings,
      players.filter((player) => !entries.includes(player)),
    );
}

/** What an entry changes in the mix, by its share in each segment. */
async function sharedChange(input: GameInput, entry: number): Promise<Float32Array> {
  const segments: Float32Array[] = [];
  for (const [segment, step] of input.steps.entries()) {
    const share = shareIn(input, step, entry);
    if (share === 0) segments.push(new Float32Array((await input.mix.baseOf(segment)).length));
    else segments.push((await changeIn(input, entry, segment)).map((value) => share * value));
  }
  return joinSegments(segments);
}

async function changeIn({ mix, trainings }: GameInput, entry: number, segment: number): Promise<Float32Array> {
  if (trainings !== null) return trainings.changeOf(entry, segment);
  const [update, base] = [await mix.segmentOf(entry, segment), await mix.baseOf(segment)];
  return update.map((value, k) => value - (base[k] as number));
}

function shareIn({ mix, trainings }: GameInput, step: MixStep, entry: number): number {
  const rule = trainings?.rule ?? mix.manifest.aggregation.rule;
  return sharesOf(rule, step, mix.plan.own)[step.sources.indexOf(entry)] ?? 0;
}

function meanShare(input: GameInput, entry: number): number {
  const sum = input.steps.reduce((total, step) => total + shareIn(input, step, entry), 0);
  return sum / input.steps.length;
}

/** A model that is this bad, or gives no finite loss, is as bad as any: nobody ends another's peer by a contribution that ruins a coalition. */
export const WORST_LOSS_NATS = 1_000;

function boundedLoss(lossOf: GameInput['lossOf'], parameters: Float32Array): number {
  return unlessDiverged(
    () => Math.min(WORST_LOSS_NATS, lossOf(parameters)),
    () => WORST_LOSS_NATS,
  );
}

/** Where there is no slope, no change is worth anything. */
function boundedGradient(gradientAt: GameInput['gradientAt'], parameters: Float32Array): Float32Array {
  return unlessDiverged(
    () => gradientAt(parameters),
    () => new Float32Array(parameters.length),
  );
}

function unlessDiverged<T>(compute: () => T, otherwise: () => T): T {
  try {
    return compute();
  } catch (error) {
    if (error instanceof ModelError && error.code === 'model/diverged') return otherwise();
    throw error;
  }
}
