import type { DataError } from './data-error.ts';
import type { Demographics } from './demographics.ts';

/** One labelled record of a member's own files, before it is scaled and split. Never leaves the site. */
export interface SourceRecord {
  /** Where it came from, for the member's own eyes: file below the folder, with frame, slice or row. */
  readonly place: string;
  /** Equal for records of one patient, which a split keeps together; null where the files do not say. */
  readonly patient: string | null;
  /** The class as the files name it. */
  readonly label: string;
  /** Follow-up time of survival data, 0 and more; its label says whether it ended with the event. */
  readonly time?: number;
  /** Sex and age, where the member says where they are found. */
  readonly demographics?: Demographics;
  /** Raw numbers in the order of `shape`; NaN where a table has no value. Pixels are 0 (black) … 1 (white). */
  readonly values: Float32Array;
  /** [features], or [height, width, channels] with 1 or 3 channels. */
  readonly shape: readonly number[];
}

/** What a reader made of a folder or a file: one bad file or row is listed and never stops the rest. */
export interface SourceRecords {
  readonly records: readonly SourceRecord[];
  readonly problems: readonly DataError[];
}
