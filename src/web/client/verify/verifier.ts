import { trustScript } from './trust-script.ts';
import type { VerifierAnswer, VerifierQuestion } from './verifier-message.ts';

let loading: Promise<string> | null = null;

/** The verifier's script; asked for again if it could not be had. */
async function loadVerifier(): Promise<string> {
  loading ??= import('./verify-worker.ts?worker').then(({ source }) => source);
  try {
    return await loading;
  } catch (error) {
    loading = null;
    throw error;
  }
}

/** Has the verifier come while nothing else is to be done, so that it is here even if the server goes. */
export function prefetchVerifier(): void {
  const prefetch = (): void => void loadVerifier().catch(() => {}); // tried again, and told, when somebody verifies
  if (!hasWorkers()) return;
  if ('requestIdleCallback' in globalThis) requestIdleCallback(prefetch);
  else setTimeout(prefetch, 1000);
}

/** Verification takes minutes of work, which must not stop the page. */
export const hasWorkers = (): boolean => 'Worker' in globalThis;

const NO_WORKER = 'this browser does not let the page start a worker';

/**
 * Verifies in a worker, so that the page stays alive.
 * @param onAnswer told of progress, and of the outcome last
 * @returns what ends it before it is done; nothing is told then
 */
export function startVerifier(question: VerifierQuestion, onAnswer: (answer: VerifierAnswer) => void): () => void {
  let [worker, address]: [Worker | null, string] = [null, ''];
  let isEnded = false;
  const end = (): void => {
    isEnded = true;
    worker?.terminate();
    URL.revokeObjectURL(address);
  };
  const tell = (answer: VerifierAnswer): void => {
    if (isEnded) return;
    if (answer.kind !== 'progress') end();
    onAnswer(answer);
  };
  const fail = (reason: string): void => tell({ kind: 'failed', reason });
  loadVerifier().then(
    (source) => {
      if (isEnded) return;
      address = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
      try {
        worker = new Worker(trustScript(address));
        worker.addEventListener('message', ({ data }: MessageEvent<VerifierAnswer>) => tell(data));
        worker.addEventListener('error', ({ message }) => fail(message || NO_WORKER));
        worker.postMessage(question);
      } catch {
        fail(NO_WORKER);
      }
    },
    () =>
      fail('the verifier had not come with the page yet, and the server does not answer now; start it and try again'),
  );
  return end;
}
