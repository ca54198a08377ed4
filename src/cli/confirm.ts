import { createInterface } from 'node:readline/promises';
import { ConsiliumError } from '../base/errors.ts';
import { type OptionValues, usageError } from './command-line.ts';

/**
 * Asks before what cannot be undone; `--yes` answers. Comes back only if it is wanted.
 * @throws ConsiliumError `cli/usage` where nobody can be asked, `cli/declined`
 */
export async function confirm(question: string, values: OptionValues, signal: AbortSignal): Promise<void> {
  if (values.yes === true) return;
  if (!process.stdin.isTTY) throw usageError(`${question} Nobody is there to be asked: pass --yes to go ahead`);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(`${question} Type yes to go ahead: `, { signal });
    if (answer.trim().toLowerCase() === 'yes') return;
  } finally {
    terminal.close();
  }
  throw new ConsiliumError('cli/declined', 'nothing was sent');
}
