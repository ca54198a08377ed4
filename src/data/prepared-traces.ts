import type { Dataset } from './dataset.ts';

/** Numbers in a trace: a run of so many equal ones elsewhere is no accident. */
const MOST_NUMBERS = 8;
const FEWEST_NUMBERS = 4;
/** A run with fewer different numbers other than zero, as in the dark edge of an image, may be anywhere. */
const FEWEST_DIFFERENT = 3;
const TRACES_A_RECORD = 4;

export interface PreparedTraces {
  /** Pieces of records as 32-bit floats, all of one length. */
  readonly traces: Uint8Array[];
  /** Records that have no piece which would be told apart from chance. */
  readonly tooPlain: number;
}

/** Pieces by which records would be recognised wherever they were kept as they are: up to four of each. */
export function preparedTraces(datasets: readonly Dataset[]): PreparedTraces {
  const widths = datasets.map(({ inputs, samples }) => inputs.length / samples);
  const numbers = Math.min(MOST_NUMBERS, ...widths);
  if (numbers < FEWEST_NUMBERS)
    return { traces: [], tooPlain: datasets.reduce((all, { samples }) => all + samples, 0) };
  const traces: Uint8Array[] = [];
  let tooPlain = 0;
  for (const [i, { inputs, samples }] of datasets.entries()) {
    const width = widths[i] ?? numbers;
    for (let record = 0; record < samples; record++) {
      const found = piecesOf(inputs.subarray(record * width, (record + 1) * width), numbers);
      if (found.length === 0) tooPlain += 1;
      traces.push(...found);
    }
  }
  return { traces, tooPlain };
}

function piecesOf(row: Float32Array, numbers: number): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  const step = Math.max(numbers, Math.floor(row.length / (4 * TRACES_A_RECORD)));
  for (let start = 0; start + numbers <= row.length && pieces.length < TRACES_A_RECORD; start += step) {
    const piece = row.subarray(start, start + numbers);
    if (new Set(piece.filter((value) => value !== 0)).size < FEWEST_DIFFERENT) continue;
    pieces.push(new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength));
  }
  return pieces;
}
