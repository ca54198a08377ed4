/** What our client sends is text. */
export interface TextRequest {
  readonly url: string;
  readonly body: string;
}

/** Puts `answer` before `fetch`. @returns what gives `fetch` back */
export function interceptFetch(
  answer: (request: TextRequest, ask: () => Promise<Response>) => Promise<Response>,
): () => void {
  const ask = globalThis.fetch;
  globalThis.fetch = (input, init) => {
    const { body } = init ?? {};
    if (typeof input !== 'string' || typeof body !== 'string') return ask(input, init);
    return answer({ url: input, body }, () => ask(input, init));
  };
  return () => {
    globalThis.fetch = ask;
  };
}
