/** What stands where there is no number. */
const NO_NUMBER = '–';

export interface NumberFormat {
  /** Digits after the point; 0 by default. */
  readonly digits?: number;
  /** True to write a plus before what is above zero. */
  readonly signed?: boolean;
  /** Written right after the number. */
  readonly unit?: string;
}

/** A number for people: thousands apart, a true minus sign, and a dash for null, NaN and infinity. */
export function formatNumber(
  value: number | null | undefined,
  { digits = 0, signed = false, unit = '' }: NumberFormat = {},
): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NO_NUMBER;
  const [whole = '', fraction] = Math.abs(value).toFixed(digits).split('.');
  const magnitude = whole.replace(/\B(?=(\d{3})+$)/g, ',') + (fraction === undefined ? '' : `.${fraction}`);
  const isZero = !/[1-9]/.test(magnitude);
  const sign = isZero ? '' : value < 0 ? '−' : signed ? '+' : '';
  return sign + magnitude + unit;
}

/** A share of 0 to 1 in per cent. */
export function formatPercent(share: number | null | undefined, digits = 1): string {
  return formatNumber(typeof share === 'number' ? share * 100 : null, { digits, unit: '%' });
}

/** Millionths of a nat in thousandths. */
export function formatMillinats(micros: number | null | undefined, unit = ''): string {
  return formatNumber(typeof micros === 'number' ? micros / 1000 : null, { digits: 2, signed: true, unit });
}

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** Bytes in decimal units. */
export function formatBytes(bytes: number): string {
  if (!Number.isFinite(bytes)) return NO_NUMBER;
  const power = Math.min(BYTE_UNITS.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, Math.abs(bytes))) / 3)));
  return formatNumber(bytes / 1000 ** power, { digits: power === 0 ? 0 : 1, unit: ` ${BYTE_UNITS[power]}` });
}

/** A duration as hours, minutes and seconds. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return NO_NUMBER;
  if (seconds < 60) return formatNumber(seconds, { digits: 1, unit: ' s' });
  const whole = Math.round(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  return `${hours > 0 ? `${hours} h ` : ''}${minutes} min ${whole % 60} s`;
}
