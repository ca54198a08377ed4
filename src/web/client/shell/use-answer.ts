import { useEffect, useState } from 'preact/hooks';
import { AskError, type Failure } from './ask.ts';

export type Answer<T> =
  | { readonly state: 'loading'; readonly value: null }
  | { readonly state: 'here'; readonly value: T }
  /** `value` is what was there before, if anything was. */
  | { readonly state: 'failed'; readonly value: T | null; readonly failure: Failure; readonly message: string };

const LOADING = { state: 'loading', value: null } as const;
const RETRY_MILLISECONDS = 3_000;

/**
 * What a question is answered with; where nothing answers, it is asked again and again.
 * @param question is told when nobody waits for it any more
 * @param parts what it is about; when one of them changes, what was there is gone
 * @param again when one of these changes it is asked again, and what was there stays until the new answer is here
 */
export function useAnswer<T>(
  question: (signal: AbortSignal) => Promise<T>,
  parts: readonly unknown[],
  again: readonly unknown[] = [],
): Answer<T> {
  const [answer, setAnswer] = useState<Answer<T>>(LOADING);
  const [retries, setRetries] = useState(0);
  useEffect(() => setAnswer(LOADING), parts);
  useEffect(() => {
    const leaving = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    question(leaving.signal).then(
      (value) => {
        if (!leaving.signal.aborted) setAnswer({ state: 'here', value });
      },
      (error: unknown) => {
        if (leaving.signal.aborted) return;
        const failure = error instanceof AskError ? error.failure : 'refused';
        const message = error instanceof Error ? error.message : '';
        setAnswer(({ value }) => ({ state: 'failed', value, failure, message }));
        if (failure === 'unreachable' || failure === 'unavailable')
          timer = setTimeout(() => setRetries((n) => n + 1), RETRY_MILLISECONDS);
      },
    );
    return () => {
      leaving.abort();
      clearTimeout(timer);
    };
  }, [...parts, ...again, retries]);
  return answer;
}
