/** Runs asynchronous tasks one after another, in the order in which they were given; a failed task holds up none. */
export interface SerialQueue {
  <T>(task: () => Promise<T>): Promise<T>;
}

export function createSerialQueue(): SerialQueue {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const run = last.then(task, task);
    last = run.catch(() => undefined);
    return run;
  };
}
