/** How numbers and names are written for people. What is not a number is an en dash. */
const NONE = '–';

const isNumber = (value: number | null | undefined): value is number => value != null && Number.isFinite(value);

export const percent = (share: number | null | undefined, digits = 1): string =>
  isNumber(share) ? `${(share * 100).toFixed(digits)} %` : NONE;

export const decimal = (value: number | null | undefined, digits = 3): string =>
  isNumber(value) ? value.toFixed(digits).replace('-', '−') : NONE;

export const whole = (value: number | null | undefined): string =>
  isNumber(value) ? value.toLocaleString('en-GB', { maximumFractionDigits: 0 }).replace('-', '−') : NONE;

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

export function bytes(count: number | null | undefined): string {
  if (!isNumber(count)) return NONE;
  const unit = Math.min(UNITS.length - 1, count < 1000 ? 0 : Math.floor(Math.log10(count) / 3));
  const value = count / 1000 ** unit;
  return `${unit === 0 || value >= 100 ? value.toFixed(0) : value.toFixed(1)} ${UNITS[unit]}`;
}

/** The beginning and the end of a digest or address; the whole stands in its title. */
export const shorten = (hex: string): string => (hex.length <= 14 ? hex : `${hex.slice(0, 8)}…${hex.slice(-4)}`);

export function duration(seconds: number | null | undefined): string {
  if (!isNumber(seconds)) return NONE;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

/** Scores are told in millionths of a nat, and read in thousandths. */
export const milliNats = (micros: number | null): string => decimal(micros === null ? null : micros / 1000, 2);

/** A count with its noun. @param many for all counts but one */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${whole(count)} ${count === 1 ? one : many}`;
