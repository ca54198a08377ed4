/** Entry of a process that reads CSV files as a study's samples, and answers as the reader of images does. */
import { DataError } from '../../../src/data/data-error.ts';
import { encodeRecords } from '../../../src/data/encode-records.ts';
import type { TableInput } from '../../../src/data/input-spec.ts';
import type { ReadingAnswer, ReadingRequest } from '../../../src/data/reader/reading-message.ts';
import { readTable } from '../../../src/data/tables/read-table.ts';

/** Inputs of sound rows lie between 0 and 1, as those of images do. */
const input: TableInput = {
  kind: 'table',
  columns: [
    { kind: 'number', name: 'age', least: 0, most: 120, fill: 60, offset: 0, scale: 1 / 120, indicator: true },
    { kind: 'category', name: 'ward', levels: ['1', 'b'], indicator: false },
  ],
  label: { kind: 'threshold', column: 'grade', above: 0, classes: ['healthy', 'ill'] },
  patient: 'who',
  time: null,
  missing: ['?'],
};

process.on('message', (request: ReadingRequest) => void answer(request));
process.on('disconnect', () => process.exit());
await send({ type: 'ready' });

async function answer({ path }: ReadingRequest): Promise<void> {
  try {
    const { records, problems } = await readTable(path, input);
    const { inputs, samples } = encodeRecords(records, input);
    const part = {
      part: null,
      label: null,
      values: inputs,
      shape: [samples, inputs.length / Math.max(1, samples), 1],
    } as const;
    await send({ type: 'parts', person: { patient: null }, parts: [part] });
    await send({ type: 'end', problem: toAnswer(problems[0]) });
  } catch (thrown) {
    await send({ type: 'end', problem: toAnswer(thrown) ?? { code: 'data/reader-failed', message: '', details: {} } });
  }
}

function toAnswer(problem: unknown) {
  if (!(problem instanceof DataError)) return null;
  const { code, message, details } = problem;
  return { code, message, details };
}

function send(message: ReadingAnswer): Promise<void> {
  return new Promise((resolve) => process.send?.(message, undefined, undefined, () => resolve()));
}
