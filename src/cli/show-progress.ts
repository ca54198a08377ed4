import type { OptionValues } from './command-line.ts';

/** Progress of long work on one line of the terminal; never into what a machine reads. @param what for instance `replaying mix` */
export function showProgress(what: string, values: OptionValues): (done: number, total: number) => void {
  if (values.json === true || !process.stderr.isTTY) return () => {};
  return (done, total) => void process.stderr.write(`\r${what} ${done} of ${total}${done === total ? '\n' : ''}`);
}
