/** Answers the tasks that the parent of a bench's worker sends, one at a time; the worker ends with its parent. */
export function answerTasks<Task extends { readonly do: string }, Answers extends Record<Task['do'], unknown>>(
  tasks: {
    [T in Task['do']]: (task: Extract<Task, { do: T }>) => Promise<Answers[T]>;
  },
): void {
  process.on('message', (task: Task) => {
    const perform = tasks[task.do as Task['do']] as (task: Task) => Promise<unknown>;
    perform(task).then(
      (value) => process.send?.({ value }),
      (error: unknown) =>
        process.send?.({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    );
  });
  process.on('disconnect', () => process.exit());
}
