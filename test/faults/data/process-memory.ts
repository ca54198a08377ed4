import { readFileSync, writeFileSync } from 'node:fs';

const KIBIBYTES_PER_MEBIBYTE = 1024;
/** What makes Linux count the peak from now on (proc(5)). */
const RESET_PEAK = '5';

/** Resident memory of this process in MiB: now, or the most since {@link resetPeak}. Linux only. */
export function residentMebibytes(which: 'now' | 'peak'): number {
  const field = which === 'now' ? 'VmRSS' : 'VmHWM';
  const [, kibibytes] = new RegExp(`${field}:\\s+(\\d+) kB`).exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return Number(kibibytes) / KIBIBYTES_PER_MEBIBYTE;
}

export function resetPeak(): void {
  writeFileSync('/proc/self/clear_refs', RESET_PEAK);
}
