import type { CleanFile, CleaningOptions } from './clean-file.ts';

/** Asks a cleaning process for one file. */
export interface CleaningRequest {
  readonly path: string;
  readonly options: CleaningOptions;
}

/** Why a file was left out. */
export interface CleaningProblem {
  readonly code: string;
  readonly reason: string;
}

/** What a cleaning process says: that it is there, then one answer a file. */
export type CleaningAnswer =
  | { readonly type: 'ready' }
  | { readonly type: 'clean'; readonly file: CleanFile }
  | { readonly type: 'problem'; readonly problem: CleaningProblem }
  /** The world failed, a full disk for instance: nothing to do with the file. */
  | { readonly type: 'failure'; readonly message: string };
