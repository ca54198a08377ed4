/** Answers the tasks that the parent of a bench's worker sends, one at a time; the worker ends with its parent. */
export function answerTasks<Task extends { readonly do: string }, Answers extends Record<Task['do'], unknown>>(
  tasks: {
    [T in Task['do']]: (task: Extract<Task, { do: T }>) => Promise<Answers[T]>;
  },
): void {
  process.on('message', (task: Task) => {
    const perform = tasks[task.do as Task['do']] as (task: Task) => Promise<unknown>;
    const answer = (message: object): void => void process.send?.(message, () => {}); // the parent may be gone
    perform(task).then(
      (value) => answer({ value }),
      (error: unknown) => answer({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    );
  });
  process.on('disconnect', () => process.exit());
}
