import type { JsonRpcError, JsonRpcPayload, JsonRpcResult } from 'ethers';
import { z } from 'zod';
import { messageOf } from '../base/errors.ts';

/** A node's answer to one request: a result, or an error that the chain itself gave. */
export type RpcAnswer = JsonRpcResult | JsonRpcError;

/** No answer of ours is larger; one that is comes from no node of ours. */
const MAXIMUM_ANSWER_BYTES = 64 * 1024 * 1024;
/** "Limit exceeded" (EIP-1474): the node is there, but not for us. */
const LIMIT_EXCEEDED = -32_005;

const answerSchema = z.union([
  z.object({
    id: z.int(),
    error: z.object({ code: z.int(), message: z.string(), data: z.unknown().optional() }),
  }),
  z.object({ id: z.int(), result: z.unknown() }).refine((answer) => 'result' in answer, { error: 'no result' }),
]);

/**
 * Sends one JSON-RPC request to one node.
 * @param timeoutMilliseconds for the whole answer: a node that accepts a request and says nothing counts as down
 * @param closing ends the request early
 * @throws Error in one line, for everything that is no answer to this request
 */
export async function askNode(
  url: string,
  payload: JsonRpcPayload,
  timeoutMilliseconds: number,
  closing?: AbortSignal,
): Promise<RpcAnswer> {
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(new Error(tooSlow(timeoutMilliseconds))), timeoutMilliseconds);
  const close = (): void => giveUp.abort(new Error('the connection was closed'));
  closing?.addEventListener('abort', close);
  try {
    return checkAnswer(await exchange(url, payload, giveUp.signal), payload);
  } finally {
    clearTimeout(timer);
    closing?.removeEventListener('abort', close);
  }
}

async function exchange(url: string, payload: JsonRpcPayload, signal: AbortSignal): Promise<string> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(payload),
    // Whoever answers in the name of our node is not our node.
    redirect: 'error',
    signal,
  }).catch((cause: unknown) => {
    throw new Error(signal.aborted ? messageOf(signal.reason) : reasonOf(cause), { cause });
  });
  if (!response.ok) {
    await response.body?.cancel();
    throw new Error(`HTTP status ${response.status}`);
  }
  return readBody(response).catch((cause: unknown) => {
    throw new Error(messageOf(signal.aborted ? signal.reason : cause), { cause });
  });
}

const tooSlow = (milliseconds: number): string => `no complete answer within ${milliseconds / 1000} s`;

/** fetch says only that it failed; why is in the cause. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause === undefined ? messageOf(error) : messageOf(cause) || String((cause as { code?: unknown }).code);
}

async function readBody(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > MAXIMUM_ANSWER_BYTES) throw new Error(`an answer of more than ${MAXIMUM_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function checkAnswer(text: string, { id, method }: JsonRpcPayload): RpcAnswer {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error(`an answer to ${method} that is no JSON, or was cut off`);
  }
  const parsed = answerSchema.safeParse(value);
  if (!parsed.success) throw new Error(`an answer to ${method} that is no JSON-RPC answer`);
  const answer = parsed.data;
  if (answer.id !== id) throw new Error(`an answer to another request than ${method}`);
  if (!('error' in answer)) return { id, result: answer.result };
  const { code, message, data } = answer.error;
  if (code === LIMIT_EXCEEDED) throw new Error(`it is busy: ${message}`);
  return { id, error: { code, message, data } };
}
