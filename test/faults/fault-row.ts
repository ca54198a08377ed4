/** One line of a fault report: what was promised, what came out. */
export interface FaultRow {
  readonly name: string;
  readonly target: string;
  readonly measured: string;
  readonly passed: boolean;
  readonly seed: string;
}

/** A control: the same test where the defence is off. It passes if the test noticed that something is wrong. */
export function controlRow(of: Omit<FaultRow, 'passed' | 'target'> & { noticed: number }): FaultRow {
  const { name, measured, seed, noticed } = of;
  return { name: `control ${name}`, target: 'the test notices', measured, passed: noticed > 0, seed };
}

/** A row that could not be tried here, and why. It does not fail, but it can be seen. */
export function skippedRow(name: string, reason: string): FaultRow {
  return { name, target: 'tried', measured: `SKIPPED: ${reason}`, passed: true, seed: '-' };
}

export function rowLine({ name, target, measured, passed, seed }: FaultRow): string {
  return [name, target, measured, passed ? 'PASS' : 'FAIL', `seed ${seed}`].join(' | ');
}

/** The lines of the rows that failed; all rows are printed, so that a test's output says what was measured. */
export function printAndFindFailed(rows: readonly FaultRow[]): string[] {
  for (const row of rows) process.stdout.write(`${rowLine(row)}\n`);
  return rows.filter((row) => !row.passed).map(rowLine);
}
