/**
 * Entry of the process that cleans files: it has a limit on its memory, and whoever started it ends it after a deadline
 * (`start-cleaning-process.ts`), so that whatever a hostile file does, it does it here.
 */
import { ConsiliumError, messageOf } from '../../base/errors.ts';
import { cleanFile } from './clean-file.ts';
import type { CleaningAnswer, CleaningRequest } from './cleaning-message.ts';

process.on('message', (request: CleaningRequest) => void answer(request));
// Without its parent nobody would end this process.
process.on('disconnect', () => process.exit());
send({ type: 'ready' });

async function answer({ path, options }: CleaningRequest): Promise<void> {
  await cleanFile(path, options).then(
    (file) => send({ type: 'clean', file }),
    (thrown: unknown) => send(describe(thrown)),
  );
}

function describe(thrown: unknown): CleaningAnswer {
  if (thrown instanceof ConsiliumError)
    return { type: 'problem', problem: { code: thrown.code, reason: thrown.message } };
  const isOutOfMemory = thrown instanceof RangeError && !('code' in thrown);
  if (!isOutOfMemory) return { type: 'failure', message: messageOf(thrown) };
  return { type: 'problem', problem: { code: 'data/too-much-memory', reason: 'takes too much memory; leave it out' } };
}

function send(message: CleaningAnswer): void {
  process.send?.(message);
}
