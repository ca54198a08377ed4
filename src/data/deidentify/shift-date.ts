const DATE = /^(\d{4})\.?(\d{2})\.?(\d{2})(.*)$/s;

/**
 * Sets the date at the beginning of a DA or DT value back; the time of day stays.
 * @returns undefined if it does not begin with a date of the calendar
 */
export function shiftDate(value: string, daysBack: number): string | undefined {
  const [, year, month, day, time] = DATE.exec(value) ?? [];
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const date = { year: Number(year), month: Number(month), day: Number(day) };
  const count = dayNumber(date);
  if (printed(dateOf(count)) !== `${year}${month}${day}`) return undefined;
  return `${printed(dateOf(count - daysBack))}${time ?? ''}`;
}

interface CalendarDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

const DAYS_PER_ERA = 146_097;

/** Days since the first of March of year 0; years begin in March, so that leap days come last. */
function dayNumber({ year, month, day }: CalendarDate): number {
  const shifted = month > 2 ? year : year - 1;
  const monthsSinceMarch = (month + 9) % 12;
  const dayOfYear = Math.floor((153 * monthsSinceMarch + 2) / 5) + day - 1;
  return 365 * shifted + Math.floor(shifted / 4) - Math.floor(shifted / 100) + Math.floor(shifted / 400) + dayOfYear;
}

function dateOf(count: number): CalendarDate {
  const era = Math.floor(count / DAYS_PER_ERA);
  const rest = count - era * DAYS_PER_ERA;
  const yearOfEra = Math.floor(
    (rest - Math.floor(rest / 1460) + Math.floor(rest / 36_524) - Math.floor(rest / 146_096)) / 365,
  );
  const dayOfYear = rest - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthsSinceMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * monthsSinceMarch + 2) / 5) + 1;
  const month = ((monthsSinceMarch + 2) % 12) + 1;
  return { year: era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, day };
}

function printed({ year, month, day }: CalendarDate): string {
  return `${String(year).padStart(4, '0')}${String(month).padStart(2, '0')}${String(day).padStart(2, '0')}`;
}
