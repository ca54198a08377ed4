import type { DataErrorCode } from '../data-error.ts';
import type { Demographics } from '../demographics.ts';
import type { ReadingOptions } from '../images/reading-options.ts';

/** Asks a reading process for the images of one file. */
export interface ReadingRequest {
  readonly path: string;
  readonly options: ReadingOptions;
}

/** One image out of a file, on its way between processes; a large one comes in pieces. */
export interface ReadPart {
  readonly part: string | null;
  readonly label: string | null;
  /** All of them, or the next ones of an image whose pieces follow each other. */
  readonly values: Float32Array;
  readonly shape: readonly [number, number, number];
}

/** An error that was thrown on purpose, without its cause, which may quote the file. */
export interface ReadProblem {
  readonly code: DataErrorCode;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** Whose images they are, and what is known of the person. */
export interface ReadPerson {
  readonly patient: string | null;
  readonly demographics?: Demographics;
}

/** What a reading process answers: any number of parts, then the end. */
export type ReadingAnswer =
  | { readonly type: 'ready' }
  | { readonly type: 'parts'; readonly person: ReadPerson; readonly parts: readonly ReadPart[] }
  | { readonly type: 'end'; readonly problem: ReadProblem | null };
