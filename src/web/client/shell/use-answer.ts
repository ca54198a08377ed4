import { useEffect, useState } from 'preact/hooks';
import { AskError, type Failure } from './ask.ts';

export type Answer<T> =
  | { readonly state: 'loading'; readonly value: null }
  | { readonly state: 'here'; readonly value: T }
  | { readonly state: 'failed'; readonly value: null; readonly failure: Failure; readonly message: string };

/**
 * What a question is answered with, asked again when one of `parts` changes.
 * @param question is told when nobody waits for it any more
 */
export function useAnswer<T>(question: (signal: AbortSignal) => Promise<T>, parts: readonly unknown[]): Answer<T> {
  const [answer, setAnswer] = useState<Answer<T>>({ state: 'loading', value: null });
  useEffect(() => {
    const leaving = new AbortController();
    setAnswer({ state: 'loading', value: null });
    question(leaving.signal).then(
      (value) => {
        if (!leaving.signal.aborted) setAnswer({ state: 'here', value });
      },
      (error: unknown) => {
        if (leaving.signal.aborted) return;
        const failure = error instanceof AskError ? error.failure : 'refused';
        setAnswer({ state: 'failed', value: null, failure, message: error instanceof Error ? error.message : '' });
      },
    );
    return () => leaving.abort();
  }, parts);
  return answer;
}
