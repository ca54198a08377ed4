export const SEXES = ['female', 'male', 'other'] as const;
export type Sex = (typeof SEXES)[number];

/** Sex and age of the persons behind the samples of a data set, a byte each; {@link UNKNOWN} where it is not known. */
export interface DemographicColumns {
  /** Indices of {@link SEXES}. */
  readonly sexes: Uint8Array;
  /** Whole years. */
  readonly ages: Uint8Array;
}

export const UNKNOWN = 255;
export const OLDEST_YEARS = 130;
