/**
 * Entry of the process that reads image files. Whatever a hostile file does, it does it here: the process has a limit on its
 * memory, and whoever started it ends it after a deadline (`start-reading-process.ts`).
 */
import { DataError, fileError } from '../data-error.ts';
import type { ImagePart } from '../images/image-file.ts';
import { isOutOfMemory } from '../images/is-out-of-memory.ts';
import { readImageFile } from '../images/read-image-file.ts';
import { resampleImage } from '../images/resample.ts';
import type { ReadingAnswer, ReadingRequest, ReadPart } from './reading-message.ts';

/** Large enough to spare messages, small enough to spare memory. */
const MAX_BATCH_VALUES = 2 ** 20;
const MAX_BATCH_PARTS = 512;

process.on('message', (request: ReadingRequest) => void answer(request));
// Without its parent nobody would end this process.
process.on('disconnect', () => process.exit());
await send({ type: 'ready' });

async function answer(request: ReadingRequest): Promise<void> {
  const problem = await read(request).then(
    () => null,
    (thrown: unknown) => toProblem(request.path, thrown),
  );
  const { code, message, details } = problem ?? {};
  const sent = code && message && details ? { code, message, details } : null;
  await send({ type: 'end', problem: sent });
}

async function read({ path, options }: ReadingRequest): Promise<void> {
  const { parts, ...person } = await readImageFile(path, options);
  let batch: ReadPart[] = [];
  let batchValues = 0;
  for (const piece of piecesOf(parts, options.size)) {
    batch.push(piece);
    batchValues += piece.values.length;
    if (batchValues < MAX_BATCH_VALUES && batch.length < MAX_BATCH_PARTS) continue;
    await send({ type: 'parts', person, parts: batch });
    batch = [];
    batchValues = 0;
  }
  if (batch.length > 0) await send({ type: 'parts', person, parts: batch });
}

/** A message takes twice its values' memory, so a large image goes in several. */
function* piecesOf(parts: Iterable<ImagePart>, size: ReadingRequest['options']['size']): Generator<ReadPart> {
  for (const part of parts) {
    const ready = toSize(part, size);
    for (let start = 0; start < ready.values.length; start += MAX_BATCH_VALUES) {
      yield { ...ready, values: ready.values.subarray(start, start + MAX_BATCH_VALUES) };
    }
  }
}

function toSize({ part, label, image }: ImagePart, size: ReadingRequest['options']['size']): ReadPart {
  const { height, width, channels, values } = image;
  if (!size) return { part, label, values, shape: [height, width, channels] };
  const resampled = resampleImage(values, [height, width, channels], size);
  return { part, label, values: resampled, shape: [size.height, size.width, size.channels] };
}

/** An error without a code of ours says that a check is missing, unless memory ran out. */
function toProblem(path: string, thrown: unknown): DataError {
  if (thrown instanceof DataError) return thrown;
  return isOutOfMemory(thrown)
    ? fileError('data/too-much-memory', path, { reason: 'takes too much memory to read', remedy: 'leave it out' })
    : fileError('data/reader-failed', path, { reason: 'could not be read', remedy: 'leave it out' });
}

/** Resolves once the message is written, so that batches do not pile up in this process. */
function send(message: ReadingAnswer): Promise<void> {
  return new Promise((resolve) => process.send?.(message, undefined, undefined, () => resolve()));
}
