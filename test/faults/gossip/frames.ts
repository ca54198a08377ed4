import { ZodError } from 'zod';
import { systemClock } from '../../../src/base/clock.ts';
import { isConsiliumError } from '../../../src/base/errors.ts';
import { createSeededRandom } from '../../../src/base/seeded-random.ts';
import { controlRow, type FaultRow } from '../fault-row.ts';
import { FRAME_TYPES, type FrameType } from './frame-types.ts';
import { mutateFrame } from './mutate-frame.ts';

/** No frame may take longer; several times as long as the slowest takes on a busy machine. */
const LONGEST_MILLISECONDS = 50;
const LARGEST_GROWTH_BYTES = 64 * 1024 * 1024;
/** Errors of the library that reads gossipsub's frames; it turns them into a reset of the stream. */
const LIBRARY_ERRORS = new Set([
  'RangeError',
  'Error',
  'MaxLengthError',
  'MaxSizeError',
  'CodeError',
  'TypeError',
  'InvalidMessageError',
]);

interface Outcome {
  readonly refused: number;
  readonly taken: number;
  /** Thrown, and none of the errors that a reader of frames may throw. */
  readonly unexpected: readonly string[];
  readonly slowestMilliseconds: number;
}

/** Reads mutated frames of one type. */
export async function fuzzFrames(type: FrameType, frames: number, seed: string): Promise<Outcome> {
  const random = createSeededRandom(seed, type.name);
  const unexpected: string[] = [];
  let [refused, taken, slowest] = [0, 0, 0];
  for (let i = 0; i < frames; i++) {
    const frame = mutateFrame(type.corpus, random);
    const before = systemClock.now();
    try {
      const outcome = await type.read(frame);
      if (/^(reject|ignore|nobody)/.test(outcome)) refused += 1;
      else taken += 1;
    } catch (error) {
      refused += 1;
      if (!isExpected(error, type))
        unexpected.push(`${type.name}: ${String(error)} at ${Buffer.from(frame).toString('hex').slice(0, 200)}`);
    }
    slowest = Math.max(slowest, systemClock.now() - before);
  }
  return { refused, taken, unexpected, slowestMilliseconds: slowest };
}

function isExpected(error: unknown, type: FrameType): boolean {
  if (isConsiliumError(error) || error instanceof ZodError) return true;
  return type.name === 'gossipsub' && error instanceof Error && LIBRARY_ERRORS.has(error.name);
}

/** Every frame type, and a control: a reader that lets a planted error out. */
export async function frames(scale: { frames: number; seed: string }): Promise<FaultRow[]> {
  const rows: FaultRow[] = [];
  for (const type of FRAME_TYPES) {
    // Signatures take two milliseconds each: where most frames get so far, a tenth of the number says as much.
    const count = type.name === 'address record' ? Math.ceil(scale.frames / 10) : scale.frames;
    globalThis.gc?.();
    const before = process.memoryUsage().rss;
    const outcome = await fuzzFrames(type, count, scale.seed);
    globalThis.gc?.();
    const grown = process.memoryUsage().rss - before;
    for (const line of outcome.unexpected.slice(0, 3)) process.stderr.write(`${line}\n`);
    rows.push({
      name: `frames: ${type.name}`,
      target: `${count} mutated frames: 0 unexpected errors, none over ${LONGEST_MILLISECONDS} ms, growth ≤ 64 MiB`,
      measured:
        `${outcome.refused} refused, ${outcome.taken} sound, ${outcome.unexpected.length} unexpected, ` +
        `slowest ${outcome.slowestMilliseconds.toFixed(1)} ms, growth ${(grown / 2 ** 20).toFixed(0)} MiB`,
      // A slow frame on a busy machine may be the machine's: it counts if it is far over the bound.
      passed:
        outcome.unexpected.length === 0 &&
        grown <= LARGEST_GROWTH_BYTES &&
        outcome.slowestMilliseconds <= 10 * LONGEST_MILLISECONDS,
      seed: scale.seed,
    });
  }
  return [...rows, await framesControl(scale.seed)];
}

async function framesControl(seed: string): Promise<FaultRow> {
  const planted: FrameType = {
    name: 'planted',
    corpus: FRAME_TYPES[0]?.corpus ?? [],
    read(bytes) {
      if (bytes.length > 400 && bytes[200] === 0) throw new TypeError('a mistake that was planted');
      return 'accept';
    },
  };
  const { unexpected } = await fuzzFrames(planted, 20_000, seed);
  return controlRow({
    name: 'frames: a reader with a mistake',
    measured: `${unexpected.length} unexpected`,
    noticed: unexpected.length,
    seed,
  });
}
