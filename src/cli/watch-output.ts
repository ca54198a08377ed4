import { ConsiliumError } from '../base/errors.ts';

/**
 * Aborts when nobody reads this process's output any more, as after `| head -1`; what is written after that is lost without a word.
 * Anything else that goes wrong with it is thrown.
 */
export function watchOutput(): AbortSignal {
  const unread = new AbortController();
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      unread.abort(new ConsiliumError('cli/unread', 'nobody reads the output any more'));
    });
  }
  return unread.signal;
}
