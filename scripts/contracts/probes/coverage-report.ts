import type { CoveragePoint } from './instrument-source.ts';

/** What one file's tests did not reach. */
export interface FileCoverage {
  readonly file: string;
  readonly lines: { readonly covered: number; readonly total: number };
  readonly branches: { readonly covered: number; readonly total: number };
  readonly missing: readonly string[];
}

/** Reads the probes' words back. */
export class CoverageRecord {
  readonly #outcomes = new Map<number, Set<boolean>>();
  readonly #calls = new Map<number, { readonly before: Set<bigint>; readonly behind: Set<bigint> }>();

  add(word: Uint8Array): void {
    const value = BigInt(`0x${Buffer.from(word).toString('hex')}`);
    const id = Number(value >> 129n);
    const outcome = ((value >> 128n) & 1n) === 1n;
    const outcomes = this.#outcomes.get(id) ?? new Set();
    this.#outcomes.set(id, outcomes.add(outcome));
    const calls = this.#calls.get(id) ?? { before: new Set(), behind: new Set() };
    this.#calls.set(id, calls);
    calls[outcome ? 'behind' : 'before'].add(value & ((1n << 128n) - 1n));
  }

  wasReached({ id }: CoveragePoint): boolean {
    return this.#outcomes.has(id);
  }

  /** The outcomes of a condition or a modifier that no test brought about. */
  missingOutcomes({ id, kind }: CoveragePoint): string[] {
    if (kind === 'condition') {
      return [true, false].filter((outcome) => !this.#outcomes.get(id)?.has(outcome)).map(String);
    }
    const { before, behind } = this.#calls.get(id) ?? { before: new Set<bigint>(), behind: new Set<bigint>() };
    const wasRefused = [...before].some((call) => !behind.has(call));
    return [...(behind.size === 0 ? ['let through'] : []), ...(wasRefused ? [] : ['refused'])];
  }
}

/** A line counts as covered when every statement that starts on it was reached. */
export function coverageOf(file: string, points: readonly CoveragePoint[], record: CoverageRecord): FileCoverage {
  const own = points.filter((point) => point.file === file);
  const statements = own.filter(({ kind }) => kind === 'statement');
  const branching = own.filter(({ kind }) => kind !== 'statement');
  const unreached = statements.filter((point) => !record.wasReached(point));
  const outcomes = branching.flatMap((point) =>
    record.missingOutcomes(point).map((outcome) => `${file}:${point.line} branch ${outcome}: ${point.text}`),
  );
  const lines = new Set(statements.map(({ line }) => line)).size;
  return {
    file,
    lines: { covered: lines - new Set(unreached.map(({ line }) => line)).size, total: lines },
    branches: { covered: branching.length * 2 - outcomes.length, total: branching.length * 2 },
    missing: [...unreached.map(({ line, text }) => `${file}:${line} line: ${text}`), ...outcomes],
  };
}

export function renderCoverage(files: readonly FileCoverage[]): string {
  const rows = files.map(({ file, lines, branches }) => row(file, lines, branches));
  return [...rows, row('all', sum(files, 'lines'), sum(files, 'branches')), ...files.flatMap((f) => f.missing)].join(
    '\n',
  );
}

interface Ratio {
  readonly covered: number;
  readonly total: number;
}

function sum(files: readonly FileCoverage[], field: 'lines' | 'branches'): Ratio {
  const total = (part: keyof Ratio): number => files.reduce((before, file) => before + file[field][part], 0);
  return { covered: total('covered'), total: total('total') };
}

function row(name: string, lines: Ratio, branches: Ratio): string {
  const ratio = ({ covered, total }: Ratio): string => `${covered}/${total}`.padStart(9);
  return `${name.padEnd(40)} lines ${ratio(lines)}  branches ${ratio(branches)}`;
}
