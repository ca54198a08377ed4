/** What reading one file may take. */
export interface ReadingLimits {
  /** Until the process is ended. */
  readonly seconds: number;
  /** Memory beyond what an idle process has. Held by RLIMIT_DATA, so on Linux only; elsewhere by the runtime's heap limit. */
  readonly mebibytes: number;
}

/** Of an ordinary file. Generous for a machine that is busy with other things; real files take some milliseconds a megapixel. */
export const READING_LIMITS: ReadingLimits = { seconds: 10, mebibytes: 256 };
/** Larger files get more time in proportion. */
const BYTES_PER_DEADLINE = 16 * 2 ** 20;
/** The largest frames that are real take more, and so may more memory. */
const ORDINARY_BYTES = 4 * 2 ** 20;
/** The largest frame in JPEG 2000, with all that is made of it, or a file of 256 MiB in other formats. */
const LARGE_FACTOR = 4;

/** What a file of some size may take: a small one cannot ask for much, whatever its header says. */
export function limitsOf(bytes: number, { seconds, mebibytes }: ReadingLimits): ReadingLimits {
  return {
    seconds: seconds * Math.max(1, bytes / BYTES_PER_DEADLINE),
    mebibytes: bytes <= ORDINARY_BYTES ? mebibytes : LARGE_FACTOR * mebibytes,
  };
}
