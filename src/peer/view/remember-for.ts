import type { Clock } from '../../base/clock.ts';

/** What costs time to work out is worked out again only when the last answer is older than so many milliseconds. */
export function rememberFor<T>(milliseconds: number, clock: Pick<Clock, 'now'>, read: () => T): () => T {
  let known: { readonly at: number; readonly value: T } | null = null;
  return () => {
    if (known === null || clock.now() - known.at >= milliseconds) known = { at: clock.now(), value: read() };
    return known.value;
  };
}
