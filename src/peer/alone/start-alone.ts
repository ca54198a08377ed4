import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Logger } from '../../base/logger.ts';

const ENTRY = fileURLToPath(new URL('alone-process.ts', import.meta.url));
const ERROR_TAIL_CHARACTERS = 1_024;

/**
 * Trains a member's model alone in a process of its own, as long as the peer runs; the next start goes on with it. That it fails is no
 * reason for the peer to: the log says why.
 * @param path the member's data folder
 * @returns when the process has ended
 */
export async function startAlone(logger: Logger, path: string, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ENTRY, path], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const end = (): void => void child.kill('SIGKILL');
  signal.addEventListener('abort', end, { once: true });
  let errors = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    errors = (errors + chunk.toString()).slice(-ERROR_TAIL_CHARACTERS);
  });
  const code = await new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(null));
    child.once('close', resolve);
  });
  signal.removeEventListener('abort', end);
  if (code !== 0 && !signal.aborted) logger.warn('alone.failed', { code, reason: errors.trim() });
}
