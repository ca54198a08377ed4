import type { FuzzTally } from './fuzz-tally.ts';

/** A file, and the seed that it is made of. */
export interface FuzzedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** What a worker is to read. */
export interface FuzzBatch {
  readonly kind: 'image' | 'table';
  readonly files: readonly FuzzedFile[];
  /** Read before and after, and must give the same both times. */
  readonly sound: readonly Uint8Array[];
  /** Read first of all, so that all that is ever loaded is there. */
  readonly warmUp: readonly Uint8Array[];
  /** Holds the file that is being read, and no other. */
  readonly folder: string;
  /** What one file may take. */
  readonly limits: { readonly seconds: number; readonly mebibytes: number };
}

/** What became of a batch. */
export interface BatchOutcome extends FuzzTally {
  /** Resident memory of the worker with all loaded and nothing read. */
  readonly idleMebibytes: number;
  /** Resident memory above that, the most of any file, with what files before it have left behind. */
  readonly mebibytes: number;
  /** Processor time, the most of any file. */
  readonly seconds: number;
}
