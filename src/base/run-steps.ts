import { setImmediate as giveWay } from 'node:timers/promises';

/** Work that can be left off after each of its steps, and its result. */
export type Steps<T> = Iterator<undefined, T>;

/** All of it at once. */
export function runSteps<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

/** The same with room for other work after each step. */
export async function runStepsApart<T>(steps: Steps<T>): Promise<T> {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
    await giveWay();
  }
}
