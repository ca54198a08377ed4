/** Entry of a process that reads CSV files as a study's samples, and answers as the reader of images does. */
import { DataError } from '../../../src/data/data-error.ts';
import type { ReadingAnswer, ReadingRequest } from '../../../src/data/reader/reading-message.ts';
import { readFuzzedTable } from './fuzzed-table.ts';

process.on('message', (request: ReadingRequest) => void answer(request));
process.on('disconnect', () => process.exit());
await send({ type: 'ready' });

async function answer({ path }: ReadingRequest): Promise<void> {
  try {
    await send({ type: 'parts', person: { patient: null }, parts: [await readFuzzedTable(path)] });
    await send({ type: 'end', problem: null });
  } catch (thrown) {
    await send({ type: 'end', problem: toAnswer(thrown) });
  }
}

function toAnswer(thrown: unknown) {
  if (!(thrown instanceof DataError)) return { code: 'data/reader-failed', message: '', details: {} } as const;
  const { code, message, details } = thrown;
  return { code, message, details };
}

function send(message: ReadingAnswer): Promise<void> {
  return new Promise((resolve) => process.send?.(message, undefined, undefined, () => resolve()));
}
