import { ask } from './ask.ts';

export interface ServerEvent {
  readonly event: string;
  readonly data: string;
}

/** A server that sends nothing at all for longer, not even a sign of life, is gone. */
const SILENCE_MILLISECONDS = 45_000;

/**
 * Server-sent events, read with fetch: an EventSource cannot send the token. Ends when the server ends it.
 * @throws AskError
 */
export async function* readEvents(path: string, signal: AbortSignal): AsyncGenerator<ServerEvent> {
  const silent = new AbortController();
  const response = await ask(path, AbortSignal.any([signal, silent.signal]));
  const reader = (response.body ?? new ReadableStream<Uint8Array>()).getReader();
  const decoder = new TextDecoder();
  let text = '';
  try {
    for (;;) {
      const timer = setTimeout(() => silent.abort(), SILENCE_MILLISECONDS);
      const { done, value } = await reader.read();
      clearTimeout(timer);
      if (done) return;
      text += decoder.decode(value, { stream: true });
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) {
        const event = parseEvent(block);
        if (event !== null) yield event;
      }
    }
  } finally {
    void reader.cancel().catch(() => {});
  }
}

function parseEvent(block: string): ServerEvent | null {
  let [event, data] = ['message', ''];
  for (const line of block.split('\n')) {
    if (line.startsWith('event: ')) event = line.slice(7);
    if (line.startsWith('data: ')) data += line.slice(6);
  }
  return data === '' ? null : { event, data };
}
